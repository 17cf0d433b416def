/** What is asked of AWS, as its policies see it. */
export interface PolicyRequest {
  /** `sts:AssumeRole` */
  readonly action: string;
  /** An ARN; `*` where the action knows no resource. */
  readonly resource: string;
  /** Who asks, as the principals of a trust policy may name it. */
  readonly principal: RequestPrincipal;
  /** The keys that conditions and policy variables look at. A key that is not there is absent, not empty. */
  readonly context: RequestContext;
}

export type RequestPrincipal =
  | {
      readonly type: 'AWS';
      readonly accountId: string;
      /** Of the user or role, with its path. */
      readonly arn: string;
      /** Of the session that the keys belong to: `arn:aws:sts::A:assumed-role/R/S`; null for long-term keys. */
      readonly sessionArn: string | null;
    }
  | {
      /** Nobody of AWS: who holds a token of an identity provider. `arn` is the provider's. */
      readonly type: 'Federated';
      readonly arn: string;
    };

/** One text, or the list of a multivalued key such as aws:TagKeys and sts:IdentityTokenAudience. */
export type ContextKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The keys of a request. Their names are compared without regard to case, tag keys inside them too. */
export class RequestContext {
  readonly #values = new Map<string, string | readonly string[]>();

  /** Later keys win. An empty list and undefined count as absent. */
  constructor(...all: readonly ContextKeys[]) {
    for (const [key, value] of all.flatMap((keys) => Object.entries(keys))) {
      // An empty text is a value: of a tag, for example.
      const absent = value === undefined || (typeof value === 'object' && value.length === 0);
      if (!absent) this.#values.set(key.toLowerCase(), value);
    }
  }

  get(key: string): string | readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }
}
