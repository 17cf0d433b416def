import type { MintRequest, SigningAlgorithm } from '../../lib/core/token.ts';
import { SIGNING_ALGORITHMS } from '../../lib/core/token.ts';
import { signToken } from '../issuer/signing-keys.ts';
import { type Attempt, authorize } from './authorize.ts';
import { AwsError, accessDenied, validationError } from './aws-error.ts';
import { tokenExpiry, webIdentityClaims } from './claims.ts';
import type { Caller } from './identities.ts';
import { type QueryParameters, tagRecord } from './query.ts';
import { requestTagKeys } from './request-keys.ts';
import { type Call, INTERNAL_FAILURE, type Outcome } from './service.ts';
import { refuseDuplicateTagKeys, Validation } from './validation.ts';

const GLOBAL_HOST = 'sts.amazonaws.com';
const DEFAULT_SECONDS = 300;
/**
 * Maximum length of the claims as UTF-8 JSON, in bytes. The maximum is the same for all algorithms
 * (facts/aws.md 2.1).
 */
const LARGEST_PAYLOAD = 14_984;

/**
 * Mints a token. Checks a request in the same order as AWS: endpoint, parameters, duplicate tags, permission,
 * expiration of the session, federation setting of the account, size. A caller without permission therefore
 * receives AccessDenied even if federation is disabled (facts/aws.md 2.3).
 */
export async function getWebIdentityToken({ caller, parameters, region, host, now }: Call): Promise<Outcome> {
  if (host.replace(/:\d+$/, '').toLowerCase() === GLOBAL_HOST) {
    throw new AwsError('InvalidAction', 400, 'Operation not supported on STS global endpoint');
  }
  const request = readRequest(parameters);
  refuseFederatedUser(caller);
  permit({ caller, region, now }, request);
  const facts = { caller, request, region, now };
  const expiresAt = tokenExpiry(facts);
  refuseLongerThanSession(caller, expiresAt);
  refuseUnlessVending(caller);
  const claims = webIdentityClaims(facts);
  const size = Buffer.byteLength(JSON.stringify(claims));
  if (size > LARGEST_PAYLOAD) {
    throw new AwsError(
      'JWTPayloadSizeExceededException',
      400,
      'The requested token payload size exceeds the maximum allowed size.',
      `the claims are ${size} bytes; the limit is ${LARGEST_PAYLOAD}`,
    );
  }
  const key = caller.account.keys[request.signingAlgorithm];
  return {
    result: [
      ['WebIdentityToken', await signToken(key, claims)],
      ['Expiration', expiresAt.toISOString()],
    ],
    reason: `minted token ${claims.jti} with key ${key.kid}, valid until ${expiresAt.toISOString()}`,
  };
}

function readRequest(parameters: QueryParameters): MintRequest {
  const validation = new Validation();
  const audience = parameters.list('Audience');
  const algorithm = parameters.text('SigningAlgorithm');
  const tags = parameters.tags('Tags');
  validation.texts(audience, 'audience', 10, { min: 1, max: 1000 });
  validation.required(algorithm, 'signingAlgorithm', { min: 5, max: 5 });
  const durationSeconds = validation.integer(parameters.text('DurationSeconds'), 'durationSeconds', {
    min: 60,
    max: 3600,
  });
  validation.tags(tags);
  validation.finish();
  if (!isSigningAlgorithm(algorithm)) {
    throw validationError(
      'Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms',
    );
  }
  refuseDuplicateTagKeys(tags);
  return {
    audience: audience ?? [],
    signingAlgorithm: algorithm,
    durationSeconds: durationSeconds ?? DEFAULT_SECONDS,
    tags: tags.map(({ key = '', value = '' }) => ({ key, value })),
  };
}

function isSigningAlgorithm(name: string | undefined): name is SigningAlgorithm {
  return SIGNING_ALGORITHMS.some((each) => each === name);
}

/** Rejects federated users. The AWS message does not contain the principal (facts/aws.md 2.3). */
function refuseFederatedUser({ arn, session }: Caller): void {
  if (session === null || session.federatedUser === null) return;
  throw accessDenied(
    'GetWebIdentityToken does not support federated user sessions',
    `${arn} is a session from GetFederationToken`,
  );
}

/**
 * Checks the permissions to mint and to tag a token. The audience is a condition key of both actions.
 * Duration and algorithm are condition keys only of the action that mints a token (facts/aws.md 5). The
 * resource is the account, not the user or role.
 */
function permit(call: Pick<Call, 'caller' | 'region' | 'now'>, request: MintRequest): void {
  const tags = tagRecord(request.tags);
  const common = { 'sts:IdentityTokenAudience': request.audience, ...requestTagKeys(tags) };
  const mint = {
    ...common,
    'sts:DurationSeconds': String(request.durationSeconds),
    'sts:SigningAlgorithm': request.signingAlgorithm,
  };
  const resource = `arn:aws:sts::${call.caller.account.id}:self`;
  const attempts: Attempt[] = [{ action: 'sts:GetWebIdentityToken', resource, keys: mint, role: null }];
  if (request.tags.length > 0) {
    attempts.push({ action: 'sts:TagGetWebIdentityToken', resource, keys: common, role: null });
  }
  for (const attempt of attempts) {
    const decision = authorize(call, attempt);
    if (!decision.allowed) throw accessDenied(decision.message, decision.reason);
  }
}

function refuseLongerThanSession({ session }: Caller, expiresAt: Date): void {
  if (session === null || expiresAt < session.expiresAt) return;
  throw new AwsError(
    'SessionDurationEscalationException',
    403,
    "Requested token expiry time must be before the original session's expiry time.",
    `the token would expire at ${expiresAt.toISOString()}, but session ${session.accessKeyId} expires at ${session.expiresAt.toISOString()}`,
  );
}

function refuseUnlessVending({ account }: Caller): void {
  const { vending } = account.federation;
  if (vending === 'changing') {
    throw new AwsError(
      'InternalFailure',
      500,
      INTERNAL_FAILURE,
      `the change to the federation setting of account ${account.id} has not reached STS yet`,
    );
  }
  if (vending === 'off') {
    throw new AwsError(
      'OutboundWebIdentityFederationDisabledException',
      403,
      'OutboundWebIdentityFederation is disabled.',
      account.federation.enabled
        ? `outbound federation of account ${account.id} was enabled, but the change has not reached STS yet`
        : `outbound federation of account ${account.id} is disabled`,
    );
  }
}
