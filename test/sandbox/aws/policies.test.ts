import { GetOutboundWebIdentityFederationInfoCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetWebIdentityTokenCommand,
  type GetWebIdentityTokenCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rfc3339 } from '../../../src/lib/core/time.ts';
import type { LabRole, LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import { allowing } from '../../../src/sandbox/aws/policies.ts';
import { type Trust, trusting } from '../../../src/sandbox/aws/trust-policy.ts';
import {
  type LabUnderTest,
  ORG_ACCOUNT,
  OWN_ACCOUNT,
  refusalOf,
  startLabAws,
} from '../../support/lab-aws.ts';

const AUDIENCE = 'https://aud.example';
const OPERATOR = 'arn:aws:iam::123456789012:user/operator';
const APP = 'arn:aws:iam::123456789012:role/app';
const SELF = 'arn:aws:sts::123456789012:self';
const DENY_MINT = statement({ Sid: 'NoMint', Effect: 'Deny', Action: 'sts:GetWebIdentityToken' });

let lab: LabUnderTest;
/** Puts the built-in policies back. */
let restore: () => void;
beforeAll(async () => {
  lab = await startLabAws();
  lab.world.setFederation(OWN_ACCOUNT, true);
  lab.world.setFederation(ORG_ACCOUNT, true);
  const principals = [...lab.world.users, ...lab.world.roles].map((one) => ({ one, policies: one.policies }));
  const roles = lab.world.roles.map((role) => ({ role, trustPolicy: role.trustPolicy }));
  restore = () => {
    for (const { one, policies } of principals) one.policies = policies;
    for (const { role, trustPolicy } of roles) role.trustPolicy = trustPolicy;
    lab.world.setServiceControlPolicies(OWN_ACCOUNT, []);
  };
});
beforeEach(() => restore());
afterAll(() => lab.aws.close());

function statement(members: object): unknown {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Resource: '*', ...members } };
}

function operator(): LabUser {
  return lab.world.user('operator');
}

function app(): LabRole {
  return lab.world.role('app');
}

async function mint(
  given: Partial<GetWebIdentityTokenCommandInput> = {},
  keys: LabUser | LabSession = operator(),
): Promise<'minted'> {
  await lab
    .sts(keys)
    .send(new GetWebIdentityTokenCommand({ Audience: [AUDIENCE], SigningAlgorithm: 'RS256', ...given }));
  return 'minted';
}

async function assume(
  given: Partial<AssumeRoleCommandInput> = {},
  keys: LabUser | LabSession = operator(),
): Promise<LabSession> {
  const assuming = new AssumeRoleCommand({ RoleArn: APP, RoleSessionName: 'job-1', ...given });
  return lab.session(await lab.sts(keys).send(assuming));
}

/** What AWS says, and what the lab's log says beyond it. */
async function told(calling: Promise<unknown>): Promise<readonly unknown[]> {
  const refusal = await refusalOf(calling);
  const message = 'message' in refusal ? refusal.message : '';
  expect(refusal).toEqual({ name: 'AccessDenied', code: 'AccessDenied', status: 403, message });
  return [message, lab.lastEntry()?.reason.replace('AccessDenied: ', '')];
}

describe('each layer refuses a mint in its own words', () => {
  const denied = (because: string, action = 'sts:GetWebIdentityToken') =>
    `User: ${OPERATOR} is not authorized to perform: ${action} on resource: ${SELF} ${because}`;
  const lacks = (kind: string) => denied(`because no ${kind} allows the sts:GetWebIdentityToken action`);

  test('identity policies that are silent', async () => {
    lab.world.setPolicies(operator(), { identity: { Other: allowing('s3:*') } });
    expect(await told(mint())).toEqual([
      lacks('identity-based policy'),
      `no identity-based policy allows sts:GetWebIdentityToken on ${SELF}`,
    ]);
  });

  test('identity policies that deny', async () => {
    lab.world.setPolicies(operator(), { identity: { All: allowing('*'), Guard: DENY_MINT } });
    expect(await told(mint())).toEqual([
      denied('with an explicit deny in an identity-based policy'),
      `statement NoMint of identity-based policy Guard denies sts:GetWebIdentityToken on ${SELF}`,
    ]);
  });

  test('a permissions boundary that is silent, until it is taken away', async () => {
    lab.world.setPolicies(operator(), { boundary: allowing('s3:*') });
    expect(await told(mint())).toEqual([
      lacks('permissions boundary'),
      `no permissions boundary allows sts:GetWebIdentityToken on ${SELF}`,
    ]);
    lab.world.setPolicies(operator(), { boundary: null });
    expect(await mint()).toBe('minted');
  });

  test('a permissions boundary that denies', async () => {
    lab.world.setPolicies(operator(), { boundary: DENY_MINT });
    expect(await told(mint())).toEqual([
      denied('with an explicit deny in a permissions boundary'),
      `statement NoMint of permissions boundary PermissionsBoundary denies sts:GetWebIdentityToken on ${SELF}`,
    ]);
  });

  test('service control policies, level by level, of one account only', async () => {
    const full = { FullAWSAccess: allowing('*') };
    lab.world.setServiceControlPolicies(OWN_ACCOUNT, [full, { Only: allowing('s3:*') }]);
    expect(await told(mint())).toEqual([
      lacks('service control policy'),
      `no service control policy allows sts:GetWebIdentityToken on ${SELF}`,
    ]);
    expect(await mint({}, lab.world.user('org-operator'))).toBe('minted');
    lab.world.setServiceControlPolicies(OWN_ACCOUNT, [{ ...full, Guard: DENY_MINT }]);
    expect(await told(mint())).toEqual([
      denied('with an explicit deny in a service control policy'),
      `statement NoMint of service control policy Guard denies sts:GetWebIdentityToken on ${SELF}`,
    ]);
    lab.world.setServiceControlPolicies(OWN_ACCOUNT, []);
    expect(await mint()).toBe('minted');
  });

  test('session policies, which narrow and never widen', async () => {
    const sessionDenied = (because: string) =>
      `User: arn:aws:sts::123456789012:assumed-role/app/job-1 is not authorized to perform: sts:GetWebIdentityToken on resource: ${SELF} ${because}`;
    const silent = await assume({ Policy: JSON.stringify(allowing('s3:*')) });
    expect(await told(mint({}, silent))).toEqual([
      sessionDenied('because no session policy allows the sts:GetWebIdentityToken action'),
      `no session policy allows sts:GetWebIdentityToken on ${SELF}`,
    ]);
    const denying = await assume({ Policy: JSON.stringify(DENY_MINT) });
    expect(await told(mint({}, denying))).toEqual([
      sessionDenied('with an explicit deny in a session policy'),
      `statement NoMint of session policy Policy denies sts:GetWebIdentityToken on ${SELF}`,
    ]);
    expect(await mint({}, await assume({ Policy: JSON.stringify(allowing('sts:*')) }))).toBe('minted');
    lab.world.setPolicies(app(), { identity: {} });
    const wide = await assume({ Policy: JSON.stringify(allowing('*')) });
    expect((await told(mint({}, wide)))[0]).toBe(
      sessionDenied('because no identity-based policy allows the sts:GetWebIdentityToken action'),
    );
  });

  test('policies change for the sessions that exist', async () => {
    const session = await assume();
    expect(await mint({}, session)).toBe('minted');
    lab.world.setPolicies(app(), { identity: {} });
    expect((await told(mint({}, session)))[1]).toBe(
      `no identity-based policy allows sts:GetWebIdentityToken on ${SELF}`,
    );
  });

  test('tags need their own permission, for which the audience counts too', async () => {
    const audience = {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE], 'aws:TagKeys': ['scope'] },
      Null: { 'sts:IdentityTokenAudience': 'false' },
    };
    lab.world.setPolicies(operator(), {
      identity: {
        Mint: allowing('sts:GetWebIdentityToken'),
        Tag: statement({
          Sid: 'Tag',
          Action: 'sts:TagGetWebIdentityToken',
          Condition: { ...audience, StringEquals: { 'aws:RequestTag/scope': 'read' } },
        }),
      },
    });
    const tag = (Key: string, Value: string) => ({ Tags: [{ Key, Value }] });
    expect(await mint({ Audience: [AUDIENCE, 'https://evil'] })).toBe('minted');
    expect(await mint(tag('scope', 'read'))).toBe('minted');
    const refused = denied(
      'because no identity-based policy allows the sts:TagGetWebIdentityToken action',
      'sts:TagGetWebIdentityToken',
    );
    const reason = `no identity-based policy allows sts:TagGetWebIdentityToken on ${SELF}; statement Tag of identity-based policy Tag requires`;
    expect(await told(mint(tag('scope', 'write')))).toEqual([
      refused,
      `${reason} aws:RequestTag/scope StringEquals "read", and the request has "write"`,
    ]);
    expect(await told(mint({ ...tag('scope', 'read'), Audience: [AUDIENCE, 'https://evil'] }))).toEqual([
      refused,
      `${reason} sts:IdentityTokenAudience ForAllValues:StringEquals "https://aud.example", and the request has ["https://aud.example","https://evil"]`,
    ]);
    expect(await told(mint(tag('more', 'read')))).toEqual([
      refused,
      `${reason} aws:TagKeys ForAllValues:StringEquals "scope", and the request has ["more"]`,
    ]);
  });
});

describe('the keys of a mint', () => {
  const mintIf = (condition: object, resource = '*') => {
    lab.world.setPolicies(operator(), {
      identity: {
        Mint: statement({ Action: 'sts:GetWebIdentityToken', Resource: resource, Condition: condition }),
      },
    });
  };
  const REFUSED = /because no identity-based policy allows the sts:GetWebIdentityToken action$/;

  test('ForAnyValue leaves a hole that ForAllValues with Null closes', async () => {
    const both = { Audience: [AUDIENCE, 'https://evil'] };
    mintIf({ 'ForAnyValue:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] } });
    expect(await mint(both)).toBe('minted');
    mintIf({
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] },
      Null: { 'sts:IdentityTokenAudience': 'false' },
    });
    expect(await told(mint(both))).toEqual([expect.stringMatching(REFUSED), expect.any(String)]);
    expect(await mint()).toBe('minted');
  });

  test('a plain operator on the audience refuses even the right one', async () => {
    mintIf({ StringEquals: { 'sts:IdentityTokenAudience': AUDIENCE } });
    expect(await told(mint())).toEqual([
      expect.stringMatching(REFUSED),
      `no identity-based policy allows sts:GetWebIdentityToken on ${SELF}; statement 1 of identity-based policy Mint requires sts:IdentityTokenAudience StringEquals "https://aud.example", and the request has ["https://aud.example"]: a multivalued key requires ForAllValues or ForAnyValue`,
    ]);
  });

  test('the duration is 300 where none is sent', async () => {
    mintIf({ NumericLessThanEquals: { 'sts:DurationSeconds': '299' } });
    expect((await told(mint()))[1]).toContain('and the request has "300"');
    expect(await mint({ DurationSeconds: 299 })).toBe('minted');
  });

  test('the resource is the account itself', async () => {
    mintIf({}, SELF);
    expect(await mint()).toBe('minted');
    for (const resource of [OPERATOR, APP, 'arn:aws:sts::210987654321:self']) {
      mintIf({}, resource);
      expect((await told(mint()))[1]).toContain('does not match the resource');
    }
  });

  test.each<[string, object]>([
    ['sts:SigningAlgorithm', { StringEquals: { 'sts:SigningAlgorithm': 'RS256' } }],
    ['aws:PrincipalArn', { ArnEquals: { 'aws:PrincipalArn': OPERATOR } }],
    ['aws:PrincipalAccount', { StringEquals: { 'aws:PrincipalAccount': OWN_ACCOUNT } }],
    ['aws:username', { StringEquals: { 'aws:username': 'operator' } }],
    ['aws:RequestedRegion', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }],
    ['aws:SecureTransport', { Bool: { 'aws:SecureTransport': 'true' } }],
    ['aws:SourceIp', { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }],
    ['aws:CurrentTime', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }],
    ['no aws:MultiFactorAuthPresent', { Null: { 'aws:MultiFactorAuthPresent': 'true' } }],
    ['no aws:PrincipalOrgID', { Null: { 'aws:PrincipalOrgID': 'true' } }],
    ['no aws:TagKeys', { Null: { 'aws:TagKeys': 'true' } }],
  ])('%s', async (_what, condition) => {
    mintIf(condition);
    expect(await mint()).toBe('minted');
    const [operatorName = '', keys = {}] = Object.entries(condition)[0] ?? [];
    const [key = ''] = Object.keys(keys);
    // Its opposite is refused, so it was looked at.
    mintIf({ Null: { [key]: operatorName === 'Null' ? 'false' : 'true' } });
    expect((await told(mint()))[1]).toContain(`requires ${key} Null`);
  });

  test('of an account in an organization, with principal tags', async () => {
    const user = lab.world.user('org-operator');
    lab.world.setPolicies(user, {
      identity: {
        Mint: statement({
          Action: 'sts:GetWebIdentityToken',
          Condition: {
            StringEquals: {
              'aws:PrincipalOrgID': 'o-lab4fedctl',
              'aws:PrincipalTag/team': 'platform',
              'aws:userid': user.id,
            },
            'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-lab4fedctl/*' },
          },
        }),
      },
    });
    expect(await mint({}, user)).toBe('minted');
  });

  test('of a session with a source identity, and tags that stand in a policy variable', async () => {
    lab.world.setPolicies(app(), {
      identity: {
        Mint: statement({
          Action: 'sts:GetWebIdentityToken',
          Condition: {
            StringEquals: { 'aws:SourceIdentity': 'alice' },
            'ForAllValues:StringEquals': {
              'sts:IdentityTokenAudience': `https://\${aws:PrincipalTag/tenant, 'nobody'}.example`,
            },
          },
        }),
      },
    });
    const session = await assume({ SourceIdentity: 'alice', Tags: [{ Key: 'tenant', Value: 'a' }] });
    expect(await mint({ Audience: ['https://a.example'] }, session)).toBe('minted');
    expect((await told(mint({ Audience: ['https://b.example'] }, session)))[0]).toMatch(REFUSED);
    const anonymous = await assume({ SourceIdentity: 'alice' });
    expect(await mint({ Audience: ['https://nobody.example'] }, anonymous)).toBe('minted');
    expect((await told(mint({ Audience: ['https://nobody.example'] }, await assume())))[1]).toContain(
      'requires aws:SourceIdentity StringEquals "alice", and the request has no such key',
    );
  });
});

test('sessions of a role are revoked by the time at which they were made', async () => {
  const before = await assume();
  const revoke = (time: Date) =>
    lab.world.setPolicies(app(), {
      identity: {
        Mint: allowing('sts:GetWebIdentityToken'),
        AWSRevokeOlderSessions: statement({
          Effect: 'Deny',
          Action: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': rfc3339(time) } },
        }),
      },
    });
  revoke(before.issuedAt);
  expect(await mint({}, before)).toBe('minted');
  revoke(new Date(before.issuedAt.getTime() + 1000));
  expect((await told(mint({}, before)))[1]).toBe(
    `statement 1 of identity-based policy AWSRevokeOlderSessions denies sts:GetWebIdentityToken on ${SELF}`,
  );
});

describe('IAM', () => {
  const info = () => lab.iam(operator()).send(new GetOutboundWebIdentityFederationInfoCommand());
  const link =
    /\. Go to https:\/\/us-east-1\.console\.aws\.amazon\.com\/iam\/home\?region=us-east-1#\/authorization-details\/([0-9a-f-]{36}) for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: \1$/;

  test('knows no narrower resource than all', async () => {
    const Action = 'iam:GetOutboundWebIdentityFederationInfo';
    lab.world.setPolicies(operator(), {
      identity: { Info: statement({ Action, Resource: `arn:aws:iam::${OWN_ACCOUNT}:root` }) },
    });
    const [message] = await told(info());
    expect(String(message).replace(link, '')).toBe(
      `User: ${OPERATOR} is not authorized to perform: ${Action} on resource: * because no identity-based policy allows the ${Action} action`,
    );
    lab.world.setPolicies(operator(), { identity: { Info: statement({ Action }) } });
    expect(await info()).toMatchObject({ JwtVendingEnabled: true });
  });

  test('links to the details of a denial by a service control policy too', async () => {
    const Action = 'iam:GetOutboundWebIdentityFederationInfo';
    const guard = statement({
      Sid: 'NoToggle',
      Effect: 'Deny',
      Action: 'iam:*OutboundWebIdentityFederation*',
      Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
    });
    lab.world.setServiceControlPolicies(OWN_ACCOUNT, [{ Full: allowing('*'), Guard: guard }]);
    const [message, reason] = await told(info());
    expect(message).toMatch(link);
    expect(String(message).replace(link, '')).toBe(
      `User: ${OPERATOR} is not authorized to perform: ${Action} on resource: * with an explicit deny in a service control policy`,
    );
    expect(reason).toBe(`statement NoToggle of service control policy Guard denies ${Action} on *`);
  });
});

describe('AssumeRole', () => {
  const refused = (action = 'sts:AssumeRole') =>
    `User: ${OPERATOR} is not authorized to perform: ${action} on resource: ${APP}`;
  const trust = (given: Partial<Trust>) =>
    lab.world.setTrustPolicy(app(), trusting({ trusts: [OPERATOR], ...given }));

  test('asks the trust policy, and the identity policies where it names the account', async () => {
    trust({ trusts: ['arn:aws:iam::123456789012:root'] });
    expect((await assume()).principal.name).toBe('app');
    lab.world.setPolicies(operator(), { identity: {} });
    expect(await told(assume())).toEqual([
      refused(),
      `no identity-based policy allows sts:AssumeRole on ${APP}`,
    ]);
    trust({});
    expect((await assume()).principal.name).toBe('app');
  });

  test('lets another account in when both agree', async () => {
    const stranger = lab.world.user('org-operator');
    trust({ trusts: [stranger.arn] });
    expect((await assume({}, stranger)).principal.name).toBe('app');
    lab.world.setPolicies(stranger, { identity: {} });
    expect((await told(assume({}, stranger)))[1]).toBe(
      `no identity-based policy allows sts:AssumeRole on ${APP}`,
    );
  });

  test('asks the trust policy for tags and source identity too', async () => {
    lab.world.setTrustPolicy(app(), {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: OPERATOR }, Action: 'sts:AssumeRole' },
    });
    expect((await assume()).principal.name).toBe('app');
    expect((await told(assume({ Tags: [{ Key: 'a', Value: 'b' }] })))[0]).toBe(refused('sts:TagSession'));
    expect((await told(assume({ SourceIdentity: 'alice' })))[0]).toBe(refused('sts:SetSourceIdentity'));
  });

  test('gives its own keys to conditions', async () => {
    lab.world.setTrustPolicy(app(), {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: OPERATOR },
        Action: 'sts:*',
        Condition: {
          StringLike: { 'sts:RoleSessionName': `\${aws:username}-*` },
          StringEquals: {
            'sts:ExternalId': 'x-1',
            'aws:RequestTag/team': 'a',
            'sts:SourceIdentity': 'alice',
          },
          'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['team'] },
          Null: { 'sts:TransitiveTagKeys': 'false' },
        },
      },
    });
    const good: Partial<AssumeRoleCommandInput> = {
      RoleSessionName: 'operator-1',
      ExternalId: 'x-1',
      SourceIdentity: 'alice',
      Tags: [{ Key: 'team', Value: 'a' }],
      TransitiveTagKeys: ['team'],
    };
    expect((await assume(good)).principal.name).toBe('app');
    for (const change of [
      { RoleSessionName: 'ann-1' },
      { ExternalId: 'x-2' },
      { SourceIdentity: 'bob' },
      { Tags: [{ Key: 'team', Value: 'b' }] },
      { TransitiveTagKeys: [] },
    ]) {
      expect((await told(assume({ ...good, ...change })))[0]).toBe(refused());
    }
  });

  test('narrows what the next role in the chain is asked by', async () => {
    const etl = { RoleArn: 'arn:aws:iam::123456789012:role/team/data/etl', ExternalId: 'lab-external-id' };
    expect((await assume(etl, await assume())).principal.name).toBe('etl');
    const narrow = await assume({ Policy: JSON.stringify(allowing('sts:GetWebIdentityToken')) });
    expect((await told(assume(etl, narrow)))[1]).toBe(
      `no session policy allows sts:AssumeRole on ${etl.RoleArn}`,
    );
  });

  test.each<[string, string, string, string, string]>([
    [
      'no JSON',
      '{"Version":',
      'MalformedPolicyDocument',
      'This policy contains invalid Json',
      'MalformedPolicyDocument: the policy is not a JSON object',
    ],
    [
      'no policy',
      '{"Statement":[{"Effect":"allow","Action":"sts:*","Resource":"*"}]}',
      'MalformedPolicyDocument',
      'Syntax errors in policy.',
      'MalformedPolicyDocument: Statement[0].Effect: Effect must be "Allow" or "Deny"',
    ],
  ])('refuses a session policy that is %s', async (_what, Policy, code, message, reason) => {
    expect(await refusalOf(assume({ Policy }))).toEqual({
      name: `${code}Exception`,
      code,
      status: 400,
      message,
    });
    expect(lab.lastEntry()?.reason).toBe(reason);
  });

  test('refuses a session policy of more than 2048 characters', async () => {
    expect(await refusalOf(assume({ Policy: ' '.repeat(2049) }))).toMatchObject({ code: 'ValidationError' });
  });
});

describe('what the lab itself may not do', () => {
  test('a malformed policy is refused whole, with the place of the fault', () => {
    const change = {
      identity: { Good: allowing('*'), Bad: { Statement: [{ Effect: 'Allow' }] } },
      boundary: null,
    };
    expect(() => lab.world.setPolicies(operator(), change)).toThrow(
      expect.objectContaining({
        code: 'lab.policy-malformed',
        message:
          'AWS would reject the policy Bad: Statement[0]: a statement must have either Action or NotAction; ' +
          'Statement[0]: a statement must have either Resource or NotResource.',
        exitCode: 2,
      }),
    );
    expect(operator().policies.identity.map(({ name }) => name)).toEqual(['AdministratorAccess']);
  });
});
