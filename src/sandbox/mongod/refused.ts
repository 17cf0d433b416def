/**
 * The error for a rejected login. The message is only for the lab's log; the client receives only `Authentication
 * failed.`
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** The principal; null if unknown. */
  readonly principal: string | null;
  /** The reason in the server log and in Atlas's access history. */
  readonly serverText: string;

  constructor(reason: string, principal: string | null = null, serverText?: string) {
    super(reason);
    this.principal = principal;
    this.serverText = serverText ?? `AuthenticationFailed: ${reason}`;
  }
}
