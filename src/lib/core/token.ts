import type { Secret } from './secret.ts';

/** The algorithms AWS signs with (facts/aws.md 2.1). RS256 is fedctl's default: MongoDB 7.0 and 8.0 accept RSA keys only. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES384'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * The default of AWS, in seconds (facts/aws.md 2.1). Always sent, so that policies and logs see the intended
 * value.
 */
export const DEFAULT_DURATION_SECONDS = 300;

/** A request to GetWebIdentityToken. */
export interface MintRequest {
  /** 1 to 10 relying parties. */
  readonly audience: readonly string[];
  readonly signingAlgorithm: SigningAlgorithm;
  /** 60 to 3600 seconds, always sent. */
  readonly durationSeconds: number;
  readonly tags: readonly Tag[];
}

/** The limits of GetWebIdentityToken (facts/aws.md 2.1). Seconds, characters, bytes. */
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

/** A token with its claims. The claims are read from the token, which AWS signed and returned over TLS. */
export interface MintedToken {
  readonly token: Secret;
  readonly issuer: string;
  /** The IAM principal. For role sessions it is the role ARN with its path, not the session ARN. */
  readonly subject: string;
  readonly audience: readonly string[];
  readonly algorithm: string;
  readonly keyId: string | null;
  /** `jti`, which CloudTrail records as webIdentityTokenId. */
  readonly tokenId: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Supplies a valid token. Caching, single flight, early renewal and writing to a file are implementations
 * that wrap another source.
 */
export interface TokenSource {
  get(signal?: AbortSignal): Promise<MintedToken>;
}
