import { randomUUID } from 'node:crypto';
import { authorize, type LabAction } from './authorize.ts';
import { AwsError, accessDenied } from './aws-error.ts';
import type { LabAccount } from './identities.ts';
import type { Action, Call, Outcome, Service } from './service.ts';

/**
 * Creates the IAM service of the lab, which supports only the outbound federation setting (facts/aws.md 1).
 */
export function createIam(): Service {
  return {
    name: 'iam',
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    actions: new Map<string, Action>([
      ['EnableOutboundWebIdentityFederation', enable],
      ['DisableOutboundWebIdentityFederation', disable],
      ['GetOutboundWebIdentityFederationInfo', info],
    ]),
    unsigned: new Map(),
  };
}

function enable(call: Call): Outcome {
  permit(call, 'iam:EnableOutboundWebIdentityFederation');
  const { account } = call.caller;
  if (!account.federation.set(true)) {
    throw new AwsError(
      'FeatureEnabled',
      409,
      `Outbound identity federation is already enabled for account ${account.id}`,
    );
  }
  return {
    result: [['IssuerIdentifier', account.issuer]],
    reason: `outbound federation of account ${account.id} is enabled, issuer ${account.issuer}`,
  };
}

function disable(call: Call): Outcome {
  permit(call, 'iam:DisableOutboundWebIdentityFederation');
  const { account } = call.caller;
  if (!account.federation.set(false)) throw featureDisabled(account);
  return { result: null, reason: `outbound federation of account ${account.id} is disabled` };
}

function info(call: Call): Outcome {
  permit(call, 'iam:GetOutboundWebIdentityFederationInfo');
  const { account } = call.caller;
  // AWS never returns JwtVendingEnabled=false, but an error (facts/aws.md 0.1).
  if (!account.federation.enabled) throw featureDisabled(account);
  return {
    result: [
      ['IssuerIdentifier', account.issuer],
      ['JwtVendingEnabled', 'true'],
    ],
    reason: `outbound federation of account ${account.id} is enabled`,
  };
}

function featureDisabled({ id }: LabAccount): AwsError {
  return new AwsError('FeatureDisabled', 404, `Outbound identity federation is disabled for account ${id}`);
}

function permit(call: Call, action: LabAction): void {
  const { principal, session } = call.caller;
  if (principal.kind === 'user' && session !== null && (!session.mfa || session.federatedUser !== null)) {
    // Credentials of GetSessionToken cannot call IAM without MFA, and IAM uses this message.
    throw new AwsError(
      'InvalidClientTokenId',
      403,
      'The security token included in the request is invalid',
      session.federatedUser === null
        ? 'credentials of GetSessionToken without MFA cannot call IAM'
        : 'a federated user cannot call IAM',
    );
  }
  const decision = authorize(call, { action, resource: '*', keys: {}, role: null });
  if (decision.allowed) return;
  const id = randomUUID();
  throw accessDenied(
    `${decision.message}. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/${id} ` +
      'for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: ' +
      id,
    decision.reason,
  );
}
