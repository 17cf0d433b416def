import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { DEFAULT_DURATION_SECONDS, type SigningAlgorithm, type TokenSource } from '../core/token.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import { fitToSession, type WantedDuration } from './lifetime.ts';
import { minting } from './mint.ts';
import { asRole, type RoleToAssume } from './role.ts';
import { refreshingAhead, singleFlight } from './token-source.ts';

/** The tokens that a program needs. */
export interface ProgramTokens {
  /** The audience of the tokens. */
  readonly audience: string;
  /** The signing algorithm. The default is RS256, because MongoDB 7.0 and 8.0 accept RSA keys only. */
  readonly signingAlgorithm?: SigningAlgorithm;
  /** The lifetime of a token: 60 to 3600 seconds, or `auto`. The default is 300. */
  readonly durationSeconds?: WantedDuration;
  readonly profile?: string;
  readonly region?: string;
  /** The role to assume before the first token is minted, and again when the role session has expired. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** The time limit for each network step, in milliseconds. The default is 30000. */
  readonly timeoutMs?: number;
}

/**
 * Returns a source of tokens for a program that runs longer than a token is valid. The source mints a token
 * at the first call, keeps the token in memory, and renews it at half of its lifetime. Concurrent calls share
 * one mint request.
 */
export function programTokens(context: Context, wanted: ProgramTokens): TokenSource {
  const timeoutMs = wanted.timeoutMs ?? 30_000;
  const settings: AwsSettings = {
    timeoutMs,
    ...(wanted.profile === undefined ? {} : { profile: wanted.profile }),
    ...(wanted.region === undefined ? {} : { region: wanted.region }),
  };
  const role =
    wanted.roleArn === undefined
      ? null
      : {
          roleArn: wanted.roleArn,
          externalId: wanted.externalId ?? null,
          sessionName: null,
          mfaSerial: null,
        };
  const anew = mintingAnew(context, settings, {
    audience: wanted.audience,
    signingAlgorithm: wanted.signingAlgorithm ?? 'RS256',
    durationSeconds: wanted.durationSeconds ?? DEFAULT_DURATION_SECONDS,
    role,
  });
  return singleFlight(refreshingAhead(anew, context.now));
}

/** The parameters for minting a token repeatedly. */
export interface TokenRecipe {
  readonly audience: string;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly durationSeconds: WantedDuration;
  /** The role to assume. If null, the token is minted with the identity of the caller. */
  readonly role: RoleToAssume | null;
}

/**
 * Returns a source that mints a new token on every call. The source reuses the credentials of the previous call.
 * If a mint request with these credentials fails, the source gets new credentials and retries the mint request.
 * The source does not retry if AWS is unreachable.
 *
 * @throws FedctlError `get` throws the failures of `fitToSession`, `asRole` and `minting`
 */
export function mintingAnew(
  context: Context,
  settings: AwsSettings,
  { role, audience, ...recipe }: TokenRecipe,
): TokenSource {
  let kept: Aws | null = null;
  const reach = async () => context.aws(role === null ? settings : await asRole(context, settings, role));
  const mint = async (aws: Aws, signal: AbortSignal) => {
    const options = { now: context.now, timeoutMs: settings.timeoutMs, signal };
    const request = await fitToSession(aws, { ...recipe, audience: [audience], tags: [] }, options);
    return minting(aws, request, options).get(signal);
  };
  return {
    async get(signal = context.signal) {
      if (kept !== null) {
        try {
          return await mint(kept, signal);
        } catch (error) {
          kept = null;
          if (signal.aborted || !isFedctlError(error) || error.exitCode === EXIT.unreachable) throw error;
        }
      }
      kept = await reach();
      return mint(kept, signal);
    },
  };
}

/** The token callback of the MongoDB driver: `authMechanismProperties.OIDC_CALLBACK`. */
export type OidcCallback = (params: {
  readonly timeoutContext: AbortSignal;
}) => Promise<{ accessToken: string; expiresInSeconds: number }>;

/**
 * Converts a token source to the token callback of the driver. The driver calls the callback again when the
 * server requires a new login. The expiration of each token comes from the source (facts/mongodb.md 1.3,
 * 1.4).
 */
export function oidcCallback(source: TokenSource, now: () => Date): OidcCallback {
  return async ({ timeoutContext }) => {
    const { token, expiresAt } = await source.get(timeoutContext);
    const left = Math.floor((expiresAt.getTime() - now().getTime()) / 1000);
    return { accessToken: token.reveal(), expiresInSeconds: Math.max(0, left) };
  };
}
