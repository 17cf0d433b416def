import type { ContextKeys } from '../../lib/policy/request.ts';
import { authorize, type LabAction, notAuthorized } from './authorize.ts';
import { accessDenied, invalidParameterValue, validationError } from './aws-error.ts';
import type { Caller, LabRole, Tags } from './identities.ts';
import { type MfaInput, readMfa, verifyMfa } from './mfa.ts';
import { type QueryParameters, tagRecord } from './query.ts';
import { prefixed, requestTagKeys } from './request-keys.ts';
import { ONE_HOUR, readRoleInput } from './role-input.ts';
import type { Call, Outcome } from './service.ts';
import {
  assumedRoleXml,
  credentialsXml,
  packedSizeXml,
  refuseOverMaximum,
  sessionReason,
} from './session.ts';
import { LIMITS, refuseDuplicateTagKeys } from './validation.ts';

type Input = ReturnType<typeof readInput>;

/**
 * Returns role credentials to the principals in the role's trust policy. As in AWS, the message for a denied
 * request does not contain the reason (facts/aws.md 6). Only the lab's log contains the reason.
 */
export async function assumeRole(call: Call): Promise<Outcome> {
  const { world, caller, now } = call;
  const input = readInput(call.parameters);
  const mfa = (await verifyMfa(input.mfa, caller, now)) || (caller.session?.mfa ?? false);
  const role = permittedRole(call, input, mfa);
  refuseTooLong(input.seconds, role, caller);
  const inherited = inheritedTags(caller);
  refuseOverriding(input.tags, inherited);
  const packedSize = packedSizeXml(call.parameters.text('Policy'), { ...inherited, ...input.tags });
  const session = world.createSession({
    principal: role,
    sessionName: input.sessionName,
    expiresAt: new Date(now.getTime() + input.seconds * 1000),
    tags: { ...inherited, ...input.tags },
    transitiveTagKeys: [...Object.keys(inherited), ...input.transitiveTagKeys],
    sourceIdentity: input.sourceIdentity ?? caller.session?.sourceIdentity ?? null,
    policies: input.policies,
    minimumTokenSize: input.minimumTokenSize,
  });
  return {
    result: [
      ...(session.sourceIdentity === null ? [] : [['SourceIdentity', session.sourceIdentity] as const]),
      assumedRoleXml(role, input.sessionName),
      credentialsXml(session),
      ...packedSize,
    ],
    reason: sessionReason(session),
  };
}

function readInput(parameters: QueryParameters) {
  const tags = parameters.tags('Tags');
  const input = readRoleInput(parameters, (validation) => {
    const externalId = parameters.text('ExternalId');
    const sourceIdentity = parameters.text('SourceIdentity');
    validation.optional(externalId, 'externalId', LIMITS.EXTERNAL_ID);
    validation.optional(sourceIdentity, 'sourceIdentity', LIMITS.SESSION_NAME);
    const mfa: MfaInput = readMfa(parameters, validation);
    validation.tags(tags);
    return { externalId, sourceIdentity, mfa };
  });
  refuseDuplicateTagKeys(tags);
  const record = tagRecord(tags);
  const transitiveTagKeys = parameters.list('TransitiveTagKeys') ?? [];
  if (transitiveTagKeys.some((key) => !hasTag(record, key))) {
    throw invalidParameterValue('The specified transitive tag key must be included in the requested tags.');
  }
  return { ...input, tags: record, transitiveTagKeys };
}

/** Returns the role if both the caller's permissions and the role's trust policy allow the call. */
function permittedRole(call: Call, input: Input, mfa: boolean): LabRole {
  const { caller, world } = call;
  const refuse = (action: LabAction, reason: string) =>
    accessDenied(notAuthorized(caller, action, input.roleArn), reason);
  if (caller.session !== null && caller.session.federatedUser !== null) {
    throw refuse('sts:AssumeRole', 'a federated user can call only GetCallerIdentity in STS');
  }
  const role = world.roles.find(({ arn }) => arn === input.roleArn) ?? null;
  const actions: LabAction[] = ['sts:AssumeRole'];
  if (Object.keys(input.tags).length > 0) actions.push('sts:TagSession');
  if (input.sourceIdentity !== undefined) actions.push('sts:SetSourceIdentity');
  const keys = requestKeys(input, role, mfa);
  for (const action of actions) {
    const decision = authorize(call, { action, resource: input.roleArn, keys, role });
    if (!decision.allowed) throw refuse(action, decision.reason);
  }
  if (role === null) throw refuse('sts:AssumeRole', `the role ${input.roleArn} does not exist`);
  const carried = caller.session?.sourceIdentity ?? null;
  if (carried !== null && input.sourceIdentity !== undefined && input.sourceIdentity !== carried) {
    throw refuse(
      'sts:SetSourceIdentity',
      `the session has the source identity ${carried}, which cannot be changed`,
    );
  }
  return role;
}

/** Returns the condition keys of AssumeRole. All requests also have the global condition keys. */
function requestKeys(input: Input, role: LabRole | null, mfa: boolean): ContextKeys {
  return {
    'sts:ExternalId': input.externalId,
    'sts:RoleSessionName': input.sessionName,
    'sts:SourceIdentity': input.sourceIdentity,
    'sts:TransitiveTagKeys': input.transitiveTagKeys,
    ...requestTagKeys(input.tags),
    // A valid MFA code in the request sets this condition key, even if the credentials were created without
    // MFA.
    ...(mfa ? { 'aws:MultiFactorAuthPresent': 'true' } : {}),
    ...(role === null
      ? {}
      : { 'aws:ResourceAccount': role.account.id, ...prefixed('aws:ResourceTag/', role.tags) }),
  };
}

/**
 * Rejects a session duration above the limit. For role chaining, the limit in AWS is one hour, even if the
 * role allows longer sessions.
 */
function refuseTooLong(seconds: number, role: LabRole, caller: Caller): void {
  if (caller.principal.kind === 'role' && seconds > ONE_HOUR) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  refuseOverMaximum(seconds, role);
}

function inheritedTags({ session }: Caller): Tags {
  if (session === null) return {};
  return Object.fromEntries(
    Object.entries(session.tags).filter(([key]) => includesKey(session.transitiveTagKeys, key)),
  );
}

function refuseOverriding(tags: Tags, inherited: Tags): void {
  const key = Object.keys(tags).find((name) => hasTag(inherited, name));
  if (key === undefined) return;
  throw invalidParameterValue(
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the " +
      'calling session.',
    `tag ${key} is a transitive tag of the calling session`,
  );
}

function hasTag(tags: Tags, key: string): boolean {
  return includesKey(Object.keys(tags), key);
}

function includesKey(keys: readonly string[], key: string): boolean {
  return keys.some((one) => one.toLowerCase() === key.toLowerCase());
}
