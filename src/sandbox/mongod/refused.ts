/** Why a login is refused: for the lab's log only. The wire says `Authentication failed.` and nothing else. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Who it was, as far as it is known. */
  readonly principal: string | null;
  /** The reason in the server's own words, as they stand in its log and so in Atlas's access history. */
  readonly serverText: string;

  constructor(reason: string, principal: string | null = null, serverText?: string) {
    super(reason);
    this.principal = principal;
    this.serverText = serverText ?? `AuthenticationFailed: ${reason}`;
  }
}
