/** Why a login is refused: for the lab's log only. The wire says `Authentication failed.` and nothing else. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Who it was, as far as it is known. */
  readonly principal: string | null;

  constructor(reason: string, principal: string | null = null) {
    super(reason);
    this.principal = principal;
  }
}
