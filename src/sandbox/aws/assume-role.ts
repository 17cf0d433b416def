import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { ContextKeys } from '../../lib/policy/request.ts';
import { authorize, type LabAction, notAuthorized } from './authorize.ts';
import { accessDenied, invalidParameterValue, validationError } from './aws-error.ts';
import type { Caller, LabRole, Tags } from './identities.ts';
import { checkMfa, type MfaInput, readMfa } from './mfa.ts';
import { type QueryParameters, tagRecord } from './query.ts';
import { prefixed, requestTagKeys } from './request-keys.ts';
import type { Call, Outcome } from './service.ts';
import {
  assumedRoleXml,
  credentialsXml,
  packedSizeXml,
  refuseOverMaximum,
  sessionReason,
  sessionSeconds,
  sessionTokenSize,
} from './session.ts';
import { readSessionPolicy } from './session-policy.ts';
import { LIMITS, refuseDuplicateTagKeys, Validation } from './validation.ts';

const ONE_HOUR = 3600;
const TWELVE_HOURS = 43_200;

interface AssumeRoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
  readonly minimumTokenSize: number;
  readonly mfa: MfaInput;
  readonly policies: readonly NamedPolicy[] | null;
}

/**
 * Gives credentials of a role to whom its trust policy names. Whatever part of that fails, AWS says the same sentence
 * (facts/aws.md 6); the lab's log says which.
 */
export async function assumeRole(call: Call): Promise<Outcome> {
  const { world, caller, now } = call;
  const input = readInput(call.parameters);
  const mfa = (await checkMfa(input.mfa, caller, now)) || (caller.session?.mfa ?? false);
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

function readInput(parameters: QueryParameters): AssumeRoleInput {
  const validation = new Validation();
  const roleArn = parameters.text('RoleArn');
  const sessionName = parameters.text('RoleSessionName');
  const externalId = parameters.text('ExternalId');
  const sourceIdentity = parameters.text('SourceIdentity');
  const tags = parameters.tags('Tags');
  const transitiveTagKeys = parameters.list('TransitiveTagKeys') ?? [];
  validation.required(roleArn, 'roleArn', LIMITS.ROLE_ARN);
  validation.required(sessionName, 'roleSessionName', LIMITS.SESSION_NAME);
  validation.optional(externalId, 'externalId', LIMITS.EXTERNAL_ID);
  validation.optional(sourceIdentity, 'sourceIdentity', LIMITS.SESSION_NAME);
  validation.optional(parameters.text('Policy'), 'policy', LIMITS.SESSION_POLICY);
  const seconds = sessionSeconds(parameters, validation, TWELVE_HOURS) ?? ONE_HOUR;
  const minimumTokenSize = sessionTokenSize(parameters, validation);
  const mfa = readMfa(parameters, validation);
  validation.tags(tags);
  validation.finish();
  refuseDuplicateTagKeys(tags);
  refuseUnplayed(parameters);
  const record = tagRecord(tags);
  if (transitiveTagKeys.some((key) => !hasTag(record, key))) {
    throw invalidParameterValue('The specified transitive tag key must be included in the requested tags.');
  }
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn ?? '')) throw validationError(`${roleArn} is invalid`);
  return {
    roleArn: roleArn ?? '',
    sessionName: sessionName ?? '',
    seconds,
    externalId,
    sourceIdentity,
    tags: record,
    transitiveTagKeys,
    minimumTokenSize,
    mfa,
    policies: readSessionPolicy(parameters),
  };
}

/** To ignore a managed session policy would give more than was asked for. */
export function refuseUnplayed(parameters: QueryParameters): void {
  const given = ['PolicyArns.member.1.arn', 'ProvidedContexts.member.1.ProviderArn'].find(
    (name) => parameters.text(name) !== undefined,
  );
  if (given === undefined) return;
  throw invalidParameterValue(`The fedctl lab does not evaluate ${given.split('.')[0]} yet.`);
}

/** The role, when both the caller's permissions and the role's trust agree. */
function permittedRole(call: Call, input: AssumeRoleInput, mfa: boolean): LabRole {
  const { caller, world } = call;
  const refuse = (action: LabAction, reason: string) =>
    accessDenied(notAuthorized(caller, action, input.roleArn), reason);
  if (caller.session !== null && caller.session.federatedUser !== null) {
    throw refuse('sts:AssumeRole', 'a federated user can only call GetCallerIdentity in STS');
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
    throw refuse('sts:SetSourceIdentity', `the source identity of a session is fixed, here to ${carried}`);
  }
  return role;
}

/** The condition keys that AssumeRole has beside those of every request. */
function requestKeys(input: AssumeRoleInput, role: LabRole | null, mfa: boolean): ContextKeys {
  return {
    'sts:ExternalId': input.externalId,
    'sts:RoleSessionName': input.sessionName,
    'sts:SourceIdentity': input.sourceIdentity,
    'sts:TransitiveTagKeys': input.transitiveTagKeys,
    ...requestTagKeys(input.tags),
    // A code that comes with the request counts, whatever keys signed it.
    ...(mfa ? { 'aws:MultiFactorAuthPresent': 'true' } : {}),
    ...(role === null
      ? {}
      : { 'aws:ResourceAccount': role.account.id, ...prefixed('aws:ResourceTag/', role.tags) }),
  };
}

/** Role to role is chaining, and lives an hour at most, whatever the role allows. */
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
    `tag ${key} comes from the calling session and is transitive`,
  );
}

function hasTag(tags: Tags, key: string): boolean {
  return includesKey(Object.keys(tags), key);
}

function includesKey(keys: readonly string[], key: string): boolean {
  return keys.some((one) => one.toLowerCase() === key.toLowerCase());
}
