import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NamedPolicy, PolicyKind } from '../../../src/lib/policy/document.ts';
import { evaluate, type PolicyLayers } from '../../../src/lib/policy/evaluate.ts';
import { explainDecision } from '../../../src/lib/policy/explain.ts';
import { parsePolicy } from '../../../src/lib/policy/parse.ts';
import {
  type ContextKeys,
  type PolicyRequest,
  RequestContext,
  type RequestPrincipal,
} from '../../../src/lib/policy/request.ts';

const SELF = 'arn:aws:sts::123456789012:self';
const ANN: RequestPrincipal = {
  type: 'AWS',
  accountId: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/ann',
  sessionArn: null,
};
const JOB: RequestPrincipal = {
  type: 'AWS',
  accountId: '123456789012',
  arn: 'arn:aws:iam::123456789012:role/team/job',
  sessionArn: 'arn:aws:sts::123456789012:assumed-role/job/run-1',
};

function policy(name: string, statements: unknown, kind: PolicyKind = 'permissions'): NamedPolicy {
  const parsed = parsePolicy({ Version: '2012-10-17', Statement: statements }, kind);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return { name, document: parsed.document };
}

const ALL = policy('All', { Effect: 'Allow', Action: '*', Resource: '*' });
const NO_MINT = policy('NoMint', {
  Sid: 'No',
  Effect: 'Deny',
  Action: 'sts:Get*',
  Resource: '*',
});
const OTHER = policy('Other', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
const NONE: PolicyLayers = { serviceControl: [], trust: null, identity: [], boundary: null, session: null };

function minting(keys: ContextKeys, action = 'sts:GetWebIdentityToken'): PolicyRequest {
  return { action, resource: SELF, principal: ANN, context: new RequestContext(keys) };
}

/** What AWS passes to its policies for one call of GetWebIdentityToken. */
function mintKeys(audience: readonly string[], more: ContextKeys = {}): ContextKeys {
  return {
    'sts:IdentityTokenAudience': audience,
    'sts:DurationSeconds': '300',
    'sts:SigningAlgorithm': 'RS256',
    ...more,
  };
}

function outcome(statement: unknown, request: PolicyRequest): string {
  return evaluate(request, { ...NONE, identity: [policy('P', statement)] }).outcome;
}

const AUDIENCE = 'https://aud.example';
const allow = (condition: unknown, resource = '*') => ({
  Effect: 'Allow',
  Action: 'sts:GetWebIdentityToken',
  Resource: resource,
  Condition: condition,
});

describe('decisions of AWS that are known (facts/aws.md 2.3 and 5)', () => {
  const anyValue = allow({ 'ForAnyValue:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] } });
  const allValues = allow({
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] },
    Null: { 'sts:IdentityTokenAudience': 'false' },
  });
  const plain = allow({ StringEquals: { 'sts:IdentityTokenAudience': AUDIENCE } });
  const short = allow({ NumericLessThanEquals: { 'sts:DurationSeconds': '300' } });

  test.each<[string, unknown, ContextKeys, 'allowed' | 'implicit-deny']>([
    ['ForAnyValue lets a further audience in', anyValue, mintKeys([AUDIENCE, 'https://evil']), 'allowed'],
    ['ForAllValues with Null does not', allValues, mintKeys([AUDIENCE, 'https://evil']), 'implicit-deny'],
    ['ForAllValues with Null takes the listed one', allValues, mintKeys([AUDIENCE]), 'allowed'],
    ['ForAllValues with Null refuses an absent key', allValues, {}, 'implicit-deny'],
    ['a plain operator never fits the audience', plain, mintKeys([AUDIENCE]), 'implicit-deny'],
    ['300 seconds are within 300', short, mintKeys([AUDIENCE]), 'allowed'],
    ['301 are not', short, mintKeys([AUDIENCE], { 'sts:DurationSeconds': '301' }), 'implicit-deny'],
    [
      'another algorithm',
      allow({ StringEquals: { 'sts:SigningAlgorithm': 'ES384' } }),
      mintKeys([AUDIENCE]),
      'implicit-deny',
    ],
    ['the resource is the account itself', allow({}, SELF), mintKeys([AUDIENCE]), 'allowed'],
    [
      'and not the role',
      allow({}, 'arn:aws:iam::123456789012:role/team/job'),
      mintKeys([AUDIENCE]),
      'implicit-deny',
    ],
    ['nor the user', allow({}, ANN.arn), mintKeys([AUDIENCE]), 'implicit-deny'],
  ])('%s', (_what, statement, keys, expected) => {
    expect(outcome(statement, minting(keys))).toBe(expected);
  });

  const LEAST_PRIVILEGE = [
    {
      Sid: 'Mint',
      Effect: 'Allow',
      Action: 'sts:GetWebIdentityToken',
      Resource: '*',
      Condition: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] },
        Null: { 'sts:IdentityTokenAudience': 'false' },
        StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
        NumericLessThanEquals: { 'sts:DurationSeconds': '300' },
      },
    },
    {
      Sid: 'Tag',
      Effect: 'Allow',
      Action: 'sts:TagGetWebIdentityToken',
      Resource: '*',
      Condition: {
        'ForAllValues:StringEquals': {
          'sts:IdentityTokenAudience': [AUDIENCE],
          'aws:TagKeys': ['scope'],
        },
        Null: { 'sts:IdentityTokenAudience': 'false' },
        StringEquals: { 'aws:RequestTag/scope': 'read' },
      },
    },
  ];

  test.each<[string, string, ContextKeys, 'allowed' | 'implicit-deny']>([
    ['mint', 'sts:GetWebIdentityToken', mintKeys([AUDIENCE]), 'allowed'],
    ['tag', 'sts:TagGetWebIdentityToken', { 'aws:RequestTag/scope': 'read' }, 'allowed'],
    ['another value', 'sts:TagGetWebIdentityToken', { 'aws:RequestTag/scope': 'write' }, 'implicit-deny'],
    [
      'a further tag',
      'sts:TagGetWebIdentityToken',
      { 'aws:RequestTag/scope': 'read', 'aws:TagKeys': ['scope', 'more'] },
      'implicit-deny',
    ],
    ['another action', 'sts:AssumeRole', {}, 'implicit-deny'],
  ])('the policy of least privilege: %s', (_what, action, keys, expected) => {
    const request = minting(
      { 'sts:IdentityTokenAudience': [AUDIENCE], 'aws:TagKeys': ['scope'], ...keys },
      action,
    );
    expect(outcome(LEAST_PRIVILEGE, request)).toBe(expected);
  });

  test.each<[string, string, ContextKeys, 'allowed' | 'explicit-deny']>([
    [
      'no toggling',
      'iam:DisableOutboundWebIdentityFederation',
      { 'aws:PrincipalArn': ANN.arn },
      'explicit-deny',
    ],
    [
      'but by the platform',
      'iam:DisableOutboundWebIdentityFederation',
      { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/platform/admin' },
      'allowed',
    ],
    ['an audience of the list', 'sts:GetWebIdentityToken', mintKeys([AUDIENCE]), 'allowed'],
    ['one beside it', 'sts:GetWebIdentityToken', mintKeys([AUDIENCE, 'https://evil']), 'explicit-deny'],
    [
      'too long',
      'sts:GetWebIdentityToken',
      mintKeys([AUDIENCE], { 'sts:DurationSeconds': '901' }),
      'explicit-deny',
    ],
  ])('service control policies: %s', (_what, action, keys, expected) => {
    const guard = policy('Guard', [
      {
        Sid: 'NoToggle',
        Effect: 'Deny',
        Action: ['iam:EnableOutboundWebIdentityFederation', 'iam:DisableOutboundWebIdentityFederation'],
        Resource: '*',
        Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/platform/*' } },
      },
      {
        Sid: 'AudienceAllowList',
        Effect: 'Deny',
        Action: 'sts:GetWebIdentityToken',
        Resource: '*',
        Condition: { 'ForAnyValue:StringNotEquals': { 'sts:IdentityTokenAudience': [AUDIENCE] } },
      },
      {
        Sid: 'MaxTtl',
        Effect: 'Deny',
        Action: 'sts:GetWebIdentityToken',
        Resource: '*',
        Condition: { NumericGreaterThan: { 'sts:DurationSeconds': '900' } },
      },
    ]);
    const layers = { ...NONE, identity: [ALL], serviceControl: [[ALL, guard]] };
    expect(evaluate(minting(keys, action), layers).outcome).toBe(expected);
  });
});

describe('every layer has a say', () => {
  const request = minting(mintKeys([AUDIENCE]));
  const text = (layers: Partial<PolicyLayers>) => {
    const decision = evaluate(request, { ...NONE, identity: [ALL], ...layers });
    return explainDecision(decision, request);
  };
  const denies = (place: string) =>
    `statement No of ${place} NoMint denies sts:GetWebIdentityToken on ${SELF}`;
  const lacks = (layer: string) => `no ${layer} allows sts:GetWebIdentityToken on ${SELF}`;

  test.each<[string, Partial<PolicyLayers>, string]>([
    ['identity', {}, 'sts:GetWebIdentityToken is allowed by statement 1 of identity-based policy All'],
    ['identity lacks', { identity: [OTHER] }, lacks('identity-based policy')],
    ['identity denies', { identity: [ALL, NO_MINT] }, denies('identity-based policy')],
    ['boundary lacks', { boundary: OTHER }, lacks('permissions boundary')],
    ['boundary denies', { boundary: NO_MINT }, denies('permissions boundary')],
    ['session lacks', { session: [OTHER] }, lacks('session policy')],
    ['session denies', { session: [ALL, NO_MINT] }, denies('session policy')],
    ['an empty session policy allows nothing', { session: [] }, lacks('session policy')],
    ['one level lacks', { serviceControl: [[ALL], [OTHER]] }, lacks('service control policy')],
    ['one level denies', { serviceControl: [[ALL, NO_MINT], [ALL]] }, denies('service control policy')],
    ['a level without any', { serviceControl: [[]] }, lacks('service control policy')],
    [
      'all of them',
      { serviceControl: [[OTHER, ALL]], boundary: ALL, session: [ALL] },
      'sts:GetWebIdentityToken is allowed by statement 1 of service control policy All and statement 1 of identity-based policy All and statement 1 of permissions boundary All and statement 1 of session policy All',
    ],
    [
      'a deny is told before a missing allow',
      { serviceControl: [[]], session: [NO_MINT] },
      denies('session policy'),
    ],
  ])('%s', (_what, layers, expected) => {
    expect(text(layers)).toBe(expected);
  });

  test('what came close is told, with what was wanted and what was there', () => {
    const identity = [
      policy('Mint', [
        {
          Sid: 'Audience',
          ...allow({
            'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['https://a', 'https://b'] },
          }),
        },
        { Sid: 'Role', ...allow({}, ANN.arn) },
        allow({ Null: { 'sts:DurationSeconds': 'true' } }),
        allow({ StringLike: { 'sts:IdentityTokenAudience': '*' } }),
        allow({ StringEquals: { 'aws:PrincipalTag/team': 'x' } }),
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    ];
    expect(text({ identity }).split('; ')).toEqual([
      `no identity-based policy allows sts:GetWebIdentityToken on ${SELF}`,
      'statement Audience of identity-based policy Mint requires sts:IdentityTokenAudience ForAllValues:StringEquals "https://a" or "https://b", and the request has ["https://aud.example"]',
      'statement Role of identity-based policy Mint does not match the resource',
      'statement 3 of identity-based policy Mint requires sts:DurationSeconds Null true, and the request has "300"',
      'statement 4 of identity-based policy Mint requires sts:IdentityTokenAudience StringLike "*", and the request has ["https://aud.example"]: a multivalued key requires ForAllValues or ForAnyValue',
      'statement 5 of identity-based policy Mint requires aws:PrincipalTag/team StringEquals "x", and the request has no such key',
    ]);
  });

  test('what came from outside is cut short', () => {
    const asked = minting({ 'sts:SigningAlgorithm': `\u001b[2J\u202e${'x'.repeat(300)}` });
    const identity = [policy('Mint', allow({ StringEquals: { 'sts:SigningAlgorithm': 'RS256' } }))];
    expect(explainDecision(evaluate(asked, { ...NONE, identity }), asked)).toBe(
      `no identity-based policy allows sts:GetWebIdentityToken on ${SELF}; statement 1 of identity-based policy Mint requires sts:SigningAlgorithm StringEquals "RS256", and the request has "\\u001b[2J\u202e${'x'.repeat(195)}…"`,
    );
  });

  test('what an element leaves out it means all the rest of', () => {
    const rest = { Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::*' };
    expect(outcome(rest, minting({}))).toBe('allowed');
    expect(outcome(rest, minting({}, 'iam:GetUser'))).toBe('implicit-deny');
    expect(outcome({ ...rest, NotResource: 'arn:aws:sts::*' }, minting({}))).toBe('implicit-deny');
  });

  test('actions are compared without regard to case, resources are not', () => {
    const statement = { Effect: 'Allow', Action: 'STS:getweb*', Resource: SELF };
    expect(outcome(statement, minting({}))).toBe('allowed');
    expect(outcome({ ...statement, Resource: SELF.replace('self', 'Self') }, minting({}))).toBe(
      'implicit-deny',
    );
  });

  test('a variable without a value keeps a statement from applying', () => {
    const statement = {
      Effect: 'Allow',
      Action: '*',
      Resource: `arn:aws:sts::\${aws:PrincipalAccount}:self`,
    };
    expect(outcome(statement, minting({ 'aws:PrincipalAccount': '123456789012' }))).toBe('allowed');
    expect(outcome(statement, minting({}))).toBe('implicit-deny');
  });
});

describe('a role is assumed with the consent of its trust policy', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/target';
  const assume = (
    principal: RequestPrincipal,
    trusted: unknown,
    layers: Partial<PolicyLayers> = {},
    accountId = '123456789012',
  ) => {
    const trust = policy(
      'target',
      { Effect: 'Allow', Action: 'sts:AssumeRole', ...Object(trusted) },
      'trust',
    );
    const request = { action: 'sts:AssumeRole', resource: ROLE, principal, context: new RequestContext() };
    const decision = evaluate(request, { ...NONE, trust: { policy: trust, accountId }, ...layers });
    return decision.outcome === 'allowed' ? 'allowed' : `${decision.outcome} ${decision.layer}`;
  };
  const named = (name: string) => ({ Principal: { AWS: name } });
  const ROOT = named('arn:aws:iam::123456789012:root');

  test.each<[string, RequestPrincipal, unknown, Partial<PolicyLayers>, string]>([
    [
      'nobody named',
      ANN,
      named('arn:aws:iam::123456789012:user/bob'),
      { identity: [ALL] },
      'implicit-deny trust',
    ],
    ['the user named', ANN, named(ANN.arn), {}, 'allowed'],
    ['the user named, a boundary that is silent', ANN, named(ANN.arn), { boundary: OTHER }, 'allowed'],
    ['the account named', ANN, ROOT, {}, 'implicit-deny identity'],
    ['the account named and an identity policy', ANN, ROOT, { identity: [ALL] }, 'allowed'],
    ['the account by its number', ANN, named('123456789012'), { identity: [ALL] }, 'allowed'],
    ['the role named', JOB, named(JOB.arn), {}, 'allowed'],
    [
      'the role named, a boundary that is silent',
      JOB,
      named(JOB.arn),
      { boundary: OTHER },
      'implicit-deny boundary',
    ],
    [
      'the role named, a silent session policy',
      JOB,
      named(JOB.arn),
      { session: [OTHER] },
      'implicit-deny session',
    ],
    ['the session named', JOB, named(JOB.sessionArn ?? ''), { session: [OTHER], boundary: OTHER }, 'allowed'],
    ['another session named', JOB, named(`${JOB.sessionArn}0`), { identity: [ALL] }, 'implicit-deny trust'],
    ['everybody', ANN, { Principal: '*' }, {}, 'allowed'],
    [
      'a deny of the identity',
      ANN,
      named(ANN.arn),
      { identity: [policy('D', { Effect: 'Deny', Action: 'sts:*', Resource: ROLE })] },
      'explicit-deny identity',
    ],
    [
      'a deny of the trust policy',
      ANN,
      { ...named(ANN.arn), Effect: 'Deny' },
      { identity: [ALL] },
      'explicit-deny trust',
    ],
    ['all but bob', ANN, { NotPrincipal: { AWS: 'arn:aws:iam::123456789012:user/bob' } }, {}, 'allowed'],
    ['all but ann', ANN, { NotPrincipal: { AWS: ANN.arn } }, { identity: [ALL] }, 'implicit-deny trust'],
    [
      'a service',
      ANN,
      { Principal: { Service: 'ec2.amazonaws.com' } },
      { identity: [ALL] },
      'implicit-deny trust',
    ],
  ])('%s', (_what, principal, trusted, layers, expected) => {
    expect(assume(principal, trusted, layers)).toBe(expected);
  });

  test('from another account an identity policy has to allow too', () => {
    expect(assume(ANN, named(ANN.arn), {}, '210987654321')).toBe('implicit-deny identity');
    expect(assume(ANN, named(ANN.arn), { identity: [ALL] }, '210987654321')).toBe('allowed');
    expect(assume(ANN, named(ANN.arn), { identity: [ALL], boundary: OTHER }, '210987654321')).toBe(
      'implicit-deny boundary',
    );
  });

  test('who holds a token of a provider has no policies of its own', () => {
    const provider = 'arn:aws:iam::123456789012:oidc-provider/example.com';
    const token: RequestPrincipal = { type: 'Federated', arn: provider };
    expect(assume(token, { Principal: { Federated: provider } })).toBe('allowed');
    expect(assume(token, { Principal: { Federated: `${provider}/x` } })).toBe('implicit-deny trust');
    expect(assume(token, { Principal: { AWS: '123456789012' } })).toBe('implicit-deny trust');
  });
});

describe('whatever the policies say', () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('*', 'sts:Get*', 'sts:AssumeRole', 's3:*'),
    Resource: fc.constantFrom('*', SELF, 'arn:aws:s3:::x'),
    Condition: fc.constantFrom(
      {},
      { 'ForAnyValue:StringEquals': { 'sts:IdentityTokenAudience': AUDIENCE } },
      { StringNotEquals: { 'sts:SigningAlgorithm': 'RS256' } },
      { Null: { 'sts:Nothing': 'true' } },
    ),
  });
  const named = fc.array(statement, { minLength: 1, maxLength: 3 }).map((all) => policy('P', all));
  const several = fc.array(named, { maxLength: 2 });
  const layers = fc.record({
    serviceControl: fc.array(several, { maxLength: 2 }),
    trust: fc.constant(null),
    identity: several,
    boundary: fc.option(named),
    session: fc.option(several),
  });
  const request = minting(mintKeys([AUDIENCE]));
  const deny = policy('Deny', { Effect: 'Deny', Action: 'sts:GetWeb*', Resource: SELF });

  /** The layers, with one policy more in one of them. */
  function withOne(given: PolicyLayers, more: NamedPolicy, where: number): PolicyLayers {
    const both = (one: NamedPolicy): NamedPolicy => ({
      name: one.name,
      document: { ...one.document, statements: [...one.document.statements, ...more.document.statements] },
    });
    if (where === 0) return { ...given, identity: [...given.identity, more] };
    if (where === 1) return { ...given, boundary: given.boundary === null ? null : both(given.boundary) };
    if (where === 2) return { ...given, session: given.session === null ? null : [...given.session, more] };
    return { ...given, serviceControl: given.serviceControl.map((level) => [more, ...level]) };
  }

  test('a deny wins, wherever it stands', () => {
    fc.assert(
      fc.property(layers, fc.constantFrom(0, 1, 2, 3), (given, where) => {
        const denied = withOne(given, deny, where);
        fc.pre(JSON.stringify(denied) !== JSON.stringify(given));
        expect(evaluate(request, denied).outcome).toBe('explicit-deny');
      }),
      { numRuns: 1000 },
    );
  });

  test('one allow more takes nothing away', () => {
    fc.assert(
      fc.property(layers, named, fc.constantFrom(0, 1, 2, 3), (given, more, where) => {
        fc.pre(more.document.statements.every(({ effect }) => effect === 'Allow'));
        const before = evaluate(request, given).outcome;
        const after = evaluate(request, withOne(given, more, where)).outcome;
        expect([before, 'allowed']).toContain(after);
      }),
      { numRuns: 1000 },
    );
  });
});
