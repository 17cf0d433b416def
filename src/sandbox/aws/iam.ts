import { AwsError } from './aws-error.ts';
import { permit } from './iam-permission.ts';
import { IAM_READS } from './iam-reads.ts';
import type { LabAccount } from './identities.ts';
import type { Action, Call, Outcome, Service } from './service.ts';

/**
 * Creates the lab's IAM service. It emulates the outbound federation setting (facts/aws.md 1) and the
 * read-only actions that fedctl recommends in its remedies.
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
      ...IAM_READS,
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
  // If federation is disabled, AWS returns an error, not JwtVendingEnabled=false (facts/aws.md 0.1).
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
