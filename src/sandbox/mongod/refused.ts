/** The error for a rejected login. The lab logs the message. The client receives only `Authentication failed.` */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** The user name, the token subject or the ARN of the rejected login; null if unknown. */
  readonly principal: string | null;
  /** The reason for the rejection, in the words of the server log and of Atlas's access history. */
  readonly serverText: string;

  constructor(reason: string, principal: string | null = null, serverText?: string) {
    super(reason);
    this.principal = principal;
    this.serverText = serverText ?? `AuthenticationFailed: ${reason}`;
  }
}
