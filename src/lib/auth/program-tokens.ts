import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { DEFAULT_DURATION_SECONDS, type SigningAlgorithm, type TokenSource } from '../core/token.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import { fitToSession, type WantedDuration } from './lifetime.ts';
import { minting } from './mint.ts';
import { asRole, type RoleToAssume } from './role.ts';
import { refreshingAhead, singleFlight } from './token-source.ts';

/** What a program says of the tokens it needs. */
export interface ProgramTokens {
  /** Who the tokens are for. */
  readonly audience: string;
  /** RS256 unless given: MongoDB 7.0 and 8.0 accept RSA keys only. */
  readonly signingAlgorithm?: SigningAlgorithm;
  /** Seconds, 60 to 3600, or `auto`; 300 unless given. */
  readonly durationSeconds?: WantedDuration;
  readonly profile?: string;
  readonly region?: string;
  /** Assumed before the first mint, and again when its session has expired. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Bounds each network step, in milliseconds; 30000 unless given. */
  readonly timeoutMs?: number;
}

/**
 * Tokens for a program that lives longer than a token: minted when first asked for, kept in memory, renewed at half of
 * their life, and one mint at a time however many ask.
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

/** One kind of token, made again and again. */
export interface TokenRecipe {
  readonly audience: string;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly durationSeconds: WantedDuration;
  /** Who asks for it; null for the caller. */
  readonly role: RoleToAssume | null;
}

/**
 * A source that mints anew on every call, for as long as the process lives: it keeps the session of the role, and finds
 * keys and assumes the role again when a mint fails for what one of them is.
 *
 * @throws FedctlError from `get` what `fitToSession`, `asRole` and `minting` throw
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

/** What the MongoDB driver calls for a token, as `authMechanismProperties.OIDC_CALLBACK`. */
export type OidcCallback = (params: {
  readonly timeoutContext: AbortSignal;
}) => Promise<{ accessToken: string; expiresInSeconds: number }>;

/**
 * The driver's callback over a token source. The driver asks again when the server wants a login anew; what it gets
 * then is as fresh as the source makes it (facts/mongodb.md 1.3, 1.4).
 */
export function oidcCallback(source: TokenSource, now: () => Date): OidcCallback {
  return async ({ timeoutContext }) => {
    const { token, expiresAt } = await source.get(timeoutContext);
    const left = Math.floor((expiresAt.getTime() - now().getTime()) / 1000);
    return { accessToken: token.reveal(), expiresInSeconds: Math.max(0, left) };
  };
}
