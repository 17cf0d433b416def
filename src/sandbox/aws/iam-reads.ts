import { evaluate } from '../../lib/policy/evaluate.ts';
import { RequestContext } from '../../lib/policy/request.ts';
import { AwsError, validationError } from './aws-error.ts';
import { permit } from './iam-permission.ts';
import type { LabRole, LabUser, Tags } from './identities.ts';
import { policyJson } from './policies.ts';
import { globalKeys } from './request-keys.ts';
import type { Action, Call } from './service.ts';
import type { XmlElement } from './xml.ts';

/** A fixed creation date, because the lab does not record creation dates. */
const CREATED = '2024-01-01T00:00:00Z';

/** The read-only actions that fedctl recommends in its remedies. */
export const IAM_READS: ReadonlyMap<string, Action> = new Map<string, Action>([
  [
    'GetRole',
    (call) => {
      const name = required(call, 'RoleName');
      permit(call, 'iam:GetRole', arnOf(call, 'role', name));
      const role = roleNamed(call, name);
      return { result: [['Role', describedRole(role)]], reason: `described ${role.arn}` };
    },
  ],
  [
    'ListRoleTags',
    (call) => {
      const name = required(call, 'RoleName');
      permit(call, 'iam:ListRoleTags', arnOf(call, 'role', name));
      const role = roleNamed(call, name);
      return {
        result: [['Tags', tagMembers(role.tags)], COMPLETE],
        reason: `listed the tags of ${role.arn}`,
      };
    },
  ],
  [
    'ListMFADevices',
    (call) => {
      const user = userNamed(call, 'iam:ListMFADevices');
      const devices = user.mfaDevice === null ? [] : [user.mfaDevice];
      const described = devices.map(
        ({ serial }) =>
          [
            ['UserName', user.name],
            ['SerialNumber', serial],
            ['EnableDate', CREATED],
          ] as const,
      );
      return {
        result: [['MFADevices', members(described)], COMPLETE],
        reason: `listed the MFA devices of ${user.arn}`,
      };
    },
  ],
  [
    'ListAccessKeys',
    (call) => {
      const user = userNamed(call, 'iam:ListAccessKeys');
      const key = [
        ['UserName', user.name],
        ['AccessKeyId', user.accessKeyId],
        ['Status', 'Active'],
        ['CreateDate', CREATED],
      ] as const;
      return {
        result: [['AccessKeyMetadata', members([key])], COMPLETE],
        reason: `listed the access keys of ${user.arn}`,
      };
    },
  ],
  [
    'ListOpenIDConnectProviders',
    (call) => {
      permit(call, 'iam:ListOpenIDConnectProviders');
      const providers = call.caller.account.oidcProviders.map(({ arn }) => [['Arn', arn]] as const);
      return {
        result: [['OpenIDConnectProviderList', members(providers)]],
        reason: `listed the OpenID Connect providers of account ${call.caller.account.id}`,
      };
    },
  ],
  ['SimulatePrincipalPolicy', simulate],
]);

const COMPLETE: XmlElement = ['IsTruncated', 'false'];

function members(all: readonly (readonly XmlElement[])[]): readonly XmlElement[] {
  return all.map((content) => ['member', content] as const);
}

function tagMembers(tags: Tags): readonly XmlElement[] {
  return members(
    Object.entries(tags).map(([key, value]) => [
      ['Key', key],
      ['Value', value],
    ]),
  );
}

function describedRole({
  arn,
  name,
  id,
  trustPolicy,
  maxSessionSeconds,
  tags,
}: LabRole): readonly XmlElement[] {
  const path = arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1);
  return [
    ['Path', path],
    ['RoleName', name],
    ['RoleId', id],
    ['Arn', arn],
    ['CreateDate', CREATED],
    // IAM returns policy documents percent-encoded.
    ['AssumeRolePolicyDocument', encodeURIComponent(JSON.stringify(policyJson(trustPolicy.document)))],
    ['MaxSessionDuration', String(maxSessionSeconds)],
    ...(Object.keys(tags).length === 0 ? [] : [['Tags', tagMembers(tags)] as const]),
  ];
}

function required({ parameters }: Call, name: string): string {
  const value = parameters.text(name);
  if (value !== undefined && value !== '') return value;
  throw validationError(
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
  );
}

function arnOf({ caller, world }: Call, kind: 'role' | 'user', name: string): string {
  const all: readonly (LabRole | LabUser)[] = kind === 'role' ? world.roles : world.users;
  const known = all.find((one) => one.name === name && one.account === caller.account);
  return known?.arn ?? `arn:aws:iam::${caller.account.id}:${kind}/${name}`;
}

function roleNamed({ world, caller }: Call, name: string): LabRole {
  const role = world.roles.find((one) => one.name === name && one.account === caller.account);
  if (role !== undefined) return role;
  throw new AwsError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`);
}

/** Returns the user whose name is in the request (default: the caller). */
function userNamed(call: Call, action: 'iam:ListMFADevices' | 'iam:ListAccessKeys'): LabUser {
  const { world, caller, parameters } = call;
  const { principal } = caller;
  const name = parameters.text('UserName') ?? (principal.kind === 'user' ? principal.name : undefined);
  if (name === undefined)
    throw validationError('Must specify userName when calling with non-User credentials');
  permit(call, action, arnOf(call, 'user', name));
  const user = world.users.find((one) => one.name === name && one.account === caller.account);
  if (user !== undefined) return user;
  throw new AwsError('NoSuchEntity', 404, `The user with name ${name} cannot be found.`);
}

/**
 * Evaluates a principal's policies for each requested action. Returns the decisions in the format of the IAM
 * policy simulator.
 */
function simulate(call: Call): ReturnType<Action> {
  const arn = required(call, 'PolicySourceArn');
  permit(call, 'iam:SimulatePrincipalPolicy', arn);
  const { world, caller, parameters } = call;
  const principal = [...world.users, ...world.roles].find(
    (one) => one.arn === arn && one.account === caller.account,
  );
  if (principal === undefined) {
    throw new AwsError('NoSuchEntity', 404, `The policy source ${arn} cannot be found.`);
  }
  const actions = parameters.list('ActionNames') ?? [];
  if (actions.length === 0) {
    throw validationError(
      "1 validation error detected: Value null at 'actionNames' failed to satisfy constraint: Member must not be null",
    );
  }
  const resources = parameters.list('ResourceArns') ?? ['*'];
  const results = actions.flatMap((action) =>
    resources.map(
      (resource) =>
        [
          ['EvalActionName', action],
          ['EvalResourceName', resource],
          ['EvalDecision', decisionOf(call, principal, action, resource)],
          ['MatchedStatements', []],
          ['MissingContextValues', []],
        ] as const,
    ),
  );
  return {
    result: [['EvaluationResults', members(results)], COMPLETE],
    reason: `simulated the policies of ${arn}`,
  };
}

function decisionOf(call: Call, principal: LabUser | LabRole, action: string, resource: string): string {
  const { account } = principal;
  const service = action.startsWith('iam:') ? 'iam' : 'sts';
  const caller = { account, principal, session: null, arn: principal.arn, userId: principal.id };
  const decision = evaluate(
    {
      action,
      resource,
      principal: { type: 'AWS', accountId: account.id, arn: principal.arn, sessionArn: null },
      context: new RequestContext(globalKeys({ ...call, caller }, service), {}),
    },
    {
      serviceControl: account.serviceControlPolicies,
      trust: null,
      identity: principal.policies.identity,
      boundary: principal.policies.boundary,
      session: null,
    },
  );
  if (decision.outcome === 'allowed') return 'allowed';
  return decision.outcome === 'explicit-deny' ? 'explicitDeny' : 'implicitDeny';
}
