import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { accessDenied, validationError } from './aws-error.ts';
import type { FindIssuerKeys } from './foreign-issuer.ts';
import { getFederationToken } from './get-federation-token.ts';
import { getWebIdentityToken } from './get-web-identity-token.ts';
import { readMfa, verifyMfa } from './mfa.ts';
import type { Action, Call, Outcome, Service } from './service.ts';
import { credentialsXml, sessionReason, sessionSeconds, sessionTokenSize } from './session.ts';
import { Validation } from './validation.ts';

/** Creates the lab's STS service. */
export function createSts(findKeys: FindIssuerKeys): Service {
  return {
    name: 'sts',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: new Map<string, Action>([
      ['GetCallerIdentity', getCallerIdentity],
      ['GetSessionToken', getSessionToken],
      ['AssumeRole', assumeRole],
      ['GetFederationToken', getFederationToken],
      ['GetWebIdentityToken', getWebIdentityToken],
      ['GetAccessKeyInfo', getAccessKeyInfo],
    ]),
    unsigned: new Map([['AssumeRoleWithWebIdentity', assumeRoleWithWebIdentity(findKeys)]]),
  };
}

/** Returns the identity of the caller. This action requires no permission and cannot be denied. */
function getCallerIdentity({ caller, replayed }: Call): Outcome {
  return {
    result: [
      ['Arn', caller.arn],
      ['UserId', caller.userId],
      ['Account', caller.account.id],
    ],
    reason: replayed
      ? 'a MongoDB server forwarded a request that the client signed; the signature is valid'
      : 'the signature is valid',
  };
}

/** Returns the account of any access key. As in AWS, requires no permission. */
function getAccessKeyInfo({ world, parameters }: Call): Outcome {
  const id = parameters.text('AccessKeyId') ?? '';
  const holder = world.holderOf(id);
  if (holder === undefined) {
    throw validationError(`Invalid Access Key: ${id}`, `access key ${id} is unknown`);
  }
  const { account } = 'principal' in holder ? holder.principal : holder;
  return { result: [['Account', account.id]], reason: `access key ${id} belongs to account ${account.id}` };
}

const TWELVE_HOURS = 43_200;

/**
 * Returns temporary credentials. The caller must use the long-term keys of a user (facts/aws.md 6), but needs
 * no permission.
 */
async function getSessionToken({ world, caller, parameters, now }: Call): Promise<Outcome> {
  const validation = new Validation();
  const seconds = sessionSeconds(parameters, validation, 129_600) ?? TWELVE_HOURS;
  const minimumTokenSize = sessionTokenSize(parameters, validation);
  const given = readMfa(parameters, validation);
  validation.finish();
  if (caller.session !== null) {
    throw accessDenied('Cannot call GetSessionToken with session credentials');
  }
  const mfa = await verifyMfa(given, caller, now);
  const session = world.createSession({
    principal: caller.principal,
    mfa,
    expiresAt: new Date(now.getTime() + seconds * 1000),
    minimumTokenSize,
  });
  return {
    result: [credentialsXml(session)],
    reason: sessionReason(session),
  };
}
