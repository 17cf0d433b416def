/** The properties of an AWS request that policies can test. */
export interface PolicyRequest {
  /** `sts:AssumeRole` */
  readonly action: string;
  /** The ARN of the resource; `*` for actions without a resource. */
  readonly resource: string;
  /** The caller, with all names by which a trust policy can refer to the caller. */
  readonly principal: RequestPrincipal;
  /** The values of condition keys and policy variables. */
  readonly context: RequestContext;
}

export type RequestPrincipal =
  | {
      readonly type: 'AWS';
      readonly accountId: string;
      /** The ARN of the user or role, with its path. */
      readonly arn: string;
      /**
       * The ARN of the role session, `arn:aws:sts::A:assumed-role/R/S`; null if the caller uses long-term
       * credentials.
       */
      readonly sessionArn: string | null;
    }
  | {
      /**
       * A caller that has a token from an identity provider instead of AWS credentials. `arn` is the ARN of
       * the identity provider.
       */
      readonly type: 'Federated';
      readonly arn: string;
    };

/**
 * Condition keys and their values. A multivalued key, such as aws:TagKeys or sts:IdentityTokenAudience, has a
 * list of values.
 */
export type ContextKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The condition keys of a request. Key names, including tag keys, are not case-sensitive. */
export class RequestContext {
  readonly #values = new Map<string, string | readonly string[]>();

  /**
   * @param all condition keys and their values; if a key occurs several times, the last value applies. A key
   * whose value is undefined or an empty list counts as absent.
   */
  constructor(...all: readonly ContextKeys[]) {
    for (const [key, value] of all.flatMap((keys) => Object.entries(keys))) {
      // An empty string is a valid value, for example for a tag.
      const absent = value === undefined || (typeof value === 'object' && value.length === 0);
      if (!absent) this.#values.set(key.toLowerCase(), value);
    }
  }

  get(key: string): string | readonly string[] | undefined {
    return this.#values.get(key.toLowerCase());
  }
}
