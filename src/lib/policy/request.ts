/** A request to AWS in the form that policies evaluate. */
export interface PolicyRequest {
  /** `sts:AssumeRole` */
  readonly action: string;
  /** An ARN; `*` for actions without a resource. */
  readonly resource: string;
  /** The caller, in the forms in which a trust policy can name it. */
  readonly principal: RequestPrincipal;
  /** The keys for conditions and policy variables. A missing key is absent, not empty. */
  readonly context: RequestContext;
}

export type RequestPrincipal =
  | {
      readonly type: 'AWS';
      readonly accountId: string;
      /** The ARN of the user or role, with its path. */
      readonly arn: string;
      /**
       * The ARN of the session that the keys belong to: `arn:aws:sts::A:assumed-role/R/S`; null for long-term
       * keys.
       */
      readonly sessionArn: string | null;
    }
  | {
      /**
       * A caller without an AWS identity, who has a token of an identity provider. `arn` is that of the
       * provider.
       */
      readonly type: 'Federated';
      readonly arn: string;
    };

/** One text, or the list of a multivalued key such as aws:TagKeys and sts:IdentityTokenAudience. */
export type ContextKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The keys of a request. Names, including the tag keys in them, are compared without case. */
export class RequestContext {
  readonly #values = new Map<string, string | readonly string[]>();

  /** Later keys take precedence. An empty list and undefined count as absent. */
  constructor(...all: readonly ContextKeys[]) {
    for (const [key, value] of all.flatMap((keys) => Object.entries(keys))) {
      // An empty text is a value, for example of a tag.
      const absent = value === undefined || (typeof value === 'object' && value.length === 0);
      if (!absent) this.#values.set(key.toLowerCase(), value);
    }
  }

  get(key: string): string | readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }
}
