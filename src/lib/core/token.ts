import type { Secret } from './secret.ts';

/**
 * The signing algorithms that AWS supports (facts/aws.md 2.1). fedctl uses RS256 by default, because MongoDB
 * 7.0 and 8.0 accept RSA keys only.
 */
export const SIGNING_ALGORITHMS = ['RS256', 'ES384'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * The default token lifetime of AWS, in seconds (facts/aws.md 2.1). fedctl always sends the lifetime, so that
 * policy conditions can test the value and logs contain it.
 */
export const DEFAULT_DURATION_SECONDS = 300;

export interface MintRequest {
  /** 1 to 10 audiences. */
  readonly audience: readonly string[];
  readonly signingAlgorithm: SigningAlgorithm;
  /** 60 to 3600 seconds. */
  readonly durationSeconds: number;
  readonly tags: readonly Tag[];
}

/** The limits of GetWebIdentityToken (facts/aws.md 2.1). */
export const MINT_LIMITS = {
  audiences: 10,
  audienceLength: 1000,
  shortest: 60,
  longest: 3600,
  tags: 50,
  tagKeyLength: 128,
  tagValueLength: 256,
  claimsBytes: 14_984,
} as const;

/** A token with its decoded claims. The signature is not verified. */
export interface MintedToken {
  readonly token: Secret;
  readonly issuer: string;
  /** The ARN of the IAM principal. For a role session, the role ARN with its path. */
  readonly subject: string;
  readonly audience: readonly string[];
  readonly algorithm: string;
  readonly keyId: string | null;
  /** The `jti` claim. CloudTrail records it as webIdentityTokenId. */
  readonly tokenId: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Supplies a valid token. A source can wrap another source to add a cache, early renewal or a token file. */
export interface TokenSource {
  get(signal?: AbortSignal): Promise<MintedToken>;
}
