import { type FederationState, federationState } from '../../auth/federation.ts';
import { readTokenFile } from '../../auth/token-file.ts';
import type { CheckTarget } from '../../core/check-target.ts';
import { rerun } from '../../core/command-line.ts';
import { formatDuration } from '../../core/duration.ts';
import { FedctlError, isFedctlError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { MintedToken } from '../../core/token.ts';
import { type DecodedJwt, decodeJwt } from '../../jwt/decode.ts';
import { claimFaults } from '../../jwt/expectations.ts';
import type { Aws } from '../../ports/aws.ts';
import { type Asked, type Check, check, type Facts } from '../check.ts';
import { claimComparisons } from '../claim-comparisons.ts';
import { attemptToMint, type MintAttempt } from '../mint-attempt.ts';
import { missingAudience } from '../missing-input.ts';
import { fail, type Outcome, pass, skip, unseen, warn } from '../outcome.ts';
import { audienceOf, renewable } from '../renew-token-file.ts';
import { tokenFault } from '../token-fault.ts';
import type { World } from '../world.ts';
import { awsIdentity, awsProfile, callerKey, callerOf, stsRole } from './aws.ts';

/**
 * Returns the AWS access that later checks use. If the target has a role, the access uses the credentials of
 * the assumed role. Otherwise, the access uses the base credentials.
 */
export function callerAws(facts: Facts): Aws {
  return facts.resultOf(stsRole) === null ? facts.needed(awsProfile) : facts.needed(stsRole).aws;
}

const usesToken = ({ plan }: Asked) => plan.usesToken;
const mints = (world: Asked) => usesToken(world) && world.target.tokenFile === null;

const mintKey = (world: World) => JSON.stringify([callerKey(world), world.plan.mint]);

/** Mints the token of the target. Returns null if the target has no audience. */
async function minted(world: World, facts: Facts): Promise<MintAttempt | null> {
  const { mint } = world.plan;
  if (mint === null) return null;
  const { context, options, shared } = world;
  return shared.mint(mintKey(world), () => attemptToMint(context, callerAws(facts), mint, options.timeoutMs));
}

/**
 * Checks the federation setting. A minted token proves that federation is enabled, so no IAM permission is
 * required. If no token was minted, reads the setting from IAM.
 */
export const iamFederation = check<FederationState>({
  id: 'iam.federation',
  title: 'outbound federation is enabled for the account',
  link: 'sts',
  needs: [awsIdentity, stsRole],
  asked: mints,
  sharedBy: mintKey,
  async run(world, facts) {
    const account = (callerOf(facts) ?? facts.needed(awsIdentity)).account;
    const attempt = await minted(world, facts);
    if (attempt !== null && attempt.token !== null) {
      const { issuer } = attempt.token;
      const detail = `STS mints tokens for account ${account}, issuer ${issuer}`;
      return pass(detail, { state: 'enabled', issuer, missingPermission: null });
    }
    return stateOutcome(await stateByIam(world, facts), account);
  },
});

/**
 * Reads the federation setting from IAM. Returns null if there was a mint attempt and IAM is unreachable. The
 * check sts.mint then reports the result of the attempt.
 */
async function stateByIam(world: World, facts: Facts): Promise<FederationState | null> {
  try {
    return await federationState(await callerAws(facts).iam(), world.context.signal);
  } catch (error) {
    if (world.plan.mint === null || !isFedctlError(error) || error.exitCode !== EXIT.unreachable) throw error;
    return null;
  }
}

function stateOutcome(federation: FederationState | null, account: string): Outcome<FederationState> {
  switch (federation?.state) {
    case 'enabled':
      return pass(`account ${account}, issuer ${federation.issuer}`, federation);
    case 'disabled':
      return fail(
        new FedctlError('sts.federation-disabled', {
          message: `Outbound federation is disabled for account ${account}.`,
          likelyCause:
            'Federation was never enabled, or somebody disabled it. The setting applies to the whole account.',
          details: { account },
        }),
      );
    case 'unknown':
      return unseen(
        new FedctlError('iam.permission-missing', {
          message: `The principal lacks the permission ${federation.missingPermission} to read the federation setting. The check sts.mint shows whether STS mints tokens.`,
          details: { account, permission: federation.missingPermission },
        }),
        'skip',
      );
    default:
      return skip('IAM is unreachable; see the check sts.mint');
  }
}

export const stsMint = check<MintedToken>({
  id: 'sts.mint',
  title: 'STS mints a token for the audience',
  link: 'sts',
  needs: [iamFederation, awsIdentity, stsRole],
  asked: mints,
  sharedBy: mintKey,
  async run(world, facts) {
    const attempt = await minted(world, facts);
    if (attempt === null) return unseen(missingAudience(), 'fail');
    const { token, failure, startedAt, ms } = attempt;
    const timing = { startedAt, ms };
    if (failure !== null) return fail(notYet(failure, facts), { timing });
    const life = formatDuration((token.expiresAt.getTime() - token.issuedAt.getTime()) / 1000);
    const detail = `token of ${token.subject} for ${token.audience.join(', ')}, ${life}`;
    return pass(detail, token, { timing });
  },
});

/**
 * Returns iam.propagation-timeout if IAM reports that federation is enabled, but STS does not mint tokens
 * yet. IAM applies a change at once. STS applies the change a few seconds later (facts/aws.md 1).
 */
function notYet(failure: FedctlError, facts: Facts): FedctlError {
  if (failure.code !== 'sts.federation-disabled' || facts.of(iamFederation)?.state !== 'enabled')
    return failure;
  return new FedctlError('iam.propagation-timeout', {
    message: `IAM reports federation as enabled, but STS does not mint tokens yet. ${failure.message}`,
    likelyCause: 'Federation was enabled a moment ago. STS applies a change about ten seconds after IAM.',
    remedy: 'Check again until STS mints tokens.',
    command: rerun({ set: { '--wait': '60s' } }),
    requestId: failure.requestId,
    cause: failure,
  });
}

export const tokenFile = check<MintedToken>({
  id: 'mongo.token-file',
  title: 'the token file contains a valid token and is readable only by its owner',
  link: 'token',
  needs: [],
  asked: (world) => usesToken(world) && world.target.tokenFile !== null,
  async run({ context, target, options }) {
    const reading = readTokenFile(target.tokenFile ?? '', context, options.timeoutMs);
    const { token, warnings } = await reading.catch((error: unknown) => {
      throw renewable(error, target, target.audience);
    });
    const [worst] = warnings;
    if (worst !== undefined) {
      const { code, message, remedy, command = null } = worst;
      const failure = new FedctlError(code, {
        message,
        remedy,
        command,
        details: { file: target.tokenFile },
      });
      return fail(command === null ? renewable(failure, target, audienceOf(target, token)) : failure);
    }
    const detail = `token of ${token.subject} for ${token.audience.join(', ')}`;
    const left = token.expiresAt.getTime() - context.now().getTime();
    if (options.warnExpiryMs === null || left <= 0 || left > options.warnExpiryMs) return pass(detail, token);
    const message = `The token expires in ${formatDuration(left / 1000)}: the program that renews the token file is late.`;
    return warn(
      {
        code: null,
        message,
        remedy: 'Find out why the program that writes the token file did not renew the token.',
      },
      token,
    );
  },
});

/** Returns the token from STS or from the token file. */
export function tokenOf(facts: Facts): MintedToken | null {
  return facts.of(stsMint) ?? facts.of(tokenFile);
}

/** The checks that provide a token. */
export const TOKEN_SOURCES = [stsMint, tokenFile];

/** Returns the checks that provide the issuer. Returns an empty list if the target specifies the issuer. */
export function issuerEvidence({ issuer }: CheckTarget): readonly Check[] {
  return issuer === null ? [iamFederation, ...TOKEN_SOURCES] : [];
}

/**
 * Returns the issuer that the target specifies, otherwise the issuer of the account. Returns null if both are
 * unknown.
 */
export function expectedIssuer({ target }: World, facts: Facts): string | null {
  // STS returned the minted token over TLS, so the issuer in the token is the issuer of the account.
  return target.issuer ?? facts.of(iamFederation)?.issuer ?? facts.of(stsMint)?.issuer ?? null;
}

export const jwtClaims = check<DecodedJwt>({
  id: 'jwt.claims',
  title: 'the token has the expected claims',
  link: 'token',
  needs: TOKEN_SOURCES,
  asked: usesToken,
  async run(world, facts) {
    const { context, target } = world;
    const token = tokenOf(facts);
    if (token === null) return skip('no token to check');
    const decoded = decodeJwt(token.token.reveal());
    const expected = {
      issuer: expectedIssuer(world, facts) ?? token.issuer,
      audience: target.audience,
      subject: target.subject,
      now: context.now(),
    };
    const comparisons = claimComparisons(token, {
      ...expected,
      knowsIssuer: expectedIssuer(world, facts) !== null,
    });
    const [fault] = claimFaults(decoded, expected);
    if (fault !== undefined) {
      return fail(renewable(tokenFault(fault), target, audienceOf(target, token)), { comparisons });
    }
    const left = (token.expiresAt.getTime() - context.now().getTime()) / 1000;
    return pass(`valid for another ${formatDuration(left)}`, decoded, { comparisons });
  },
});
