import { accessDenied } from './aws-error.ts';
import { callerOf } from './identities.ts';
import { tagRecord } from './query.ts';
import type { Call, Outcome } from './service.ts';
import { credentialsXml, packedSizeXml, sessionReason, sessionSeconds, sessionTokenSize } from './session.ts';
import { readSessionPolicy } from './session-policy.ts';
import { LIMITS, refuseDuplicateTagKeys, Validation } from './validation.ts';

const TWELVE_HOURS = 43_200;
const THIRTY_SIX_HOURS = 129_600;

/**
 * Returns credentials for a federated user. The caller must use the long-term keys of a user (facts/aws.md
 * 6). The federated user can call only GetCallerIdentity in STS, and nothing in IAM. The lab emulates no
 * other services. The lab therefore validates the policy, but never evaluates the policy.
 */
export function getFederationToken({ world, caller, parameters, now }: Call): Outcome {
  const validation = new Validation();
  const name = parameters.text('Name');
  const policy = parameters.text('Policy');
  const tags = parameters.tags('Tags');
  validation.required(name, 'name', LIMITS.FEDERATED_NAME);
  validation.optional(policy, 'policy', LIMITS.SESSION_POLICY);
  const seconds = sessionSeconds(parameters, validation, THIRTY_SIX_HOURS) ?? TWELVE_HOURS;
  const minimumTokenSize = sessionTokenSize(parameters, validation);
  validation.tags(tags);
  validation.finish();
  refuseDuplicateTagKeys(tags);
  const policies = readSessionPolicy(parameters) ?? [];
  if (caller.session !== null) {
    throw accessDenied('Cannot call GetFederationToken with session credentials');
  }
  const packedSize = packedSizeXml(parameters.text('Policy'), tagRecord(tags));
  const session = world.createSession({
    principal: caller.principal,
    federatedUser: name ?? '',
    // Without a policy, a federated user has no permissions (facts/aws.md 6).
    policies,
    expiresAt: new Date(now.getTime() + seconds * 1000),
    tags: tagRecord(tags),
    minimumTokenSize,
  });
  const { arn, userId } = callerOf(session);
  return {
    result: [
      credentialsXml(session),
      [
        'FederatedUser',
        [
          ['Arn', arn],
          ['FederatedUserId', userId],
        ],
      ],
      ...packedSize,
    ],
    reason: sessionReason(session),
  };
}
