/** The reason for a rejected login, for the lab's log only. The client receives only `Authentication failed.` */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** The principal, as far as it is known. */
  readonly principal: string | null;
  /** The reason as the server logs it, and as Atlas's access history therefore shows it. */
  readonly serverText: string;

  constructor(reason: string, principal: string | null = null, serverText?: string) {
    super(reason);
    this.principal = principal;
    this.serverText = serverText ?? `AuthenticationFailed: ${reason}`;
  }
}
