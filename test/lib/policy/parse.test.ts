import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyKind } from '../../../src/lib/policy/document.ts';
import { faultText } from '../../../src/lib/policy/faults.ts';
import { parsePolicy } from '../../../src/lib/policy/parse.ts';

const ALLOW = { Effect: 'Allow', Action: 'sts:*', Resource: '*' };

function faults(document: unknown, kind: PolicyKind = 'permissions'): readonly string[] {
  const parsed = parsePolicy(document, kind);
  return parsed.ok ? [] : parsed.faults.map(faultText);
}

test('reads every element', () => {
  const parsed = parsePolicy(
    {
      Version: '2012-10-17',
      Id: 'an id',
      Statement: [
        {
          Sid: 'One',
          Effect: 'Deny',
          NotAction: ['iam:Get*', '*'],
          NotResource: 'arn:aws:sts::123456789012:self',
          Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:TagKeys': ['a', true, 3] } },
        },
      ],
    },
    'permissions',
  );
  expect(parsed).toEqual({
    ok: true,
    document: {
      version: '2012-10-17',
      statements: [
        {
          sid: 'One',
          effect: 'Deny',
          action: { except: true, listed: ['iam:Get*', '*'] },
          resource: { except: true, listed: ['arn:aws:sts::123456789012:self'] },
          principal: null,
          conditions: [
            {
              operator: {
                name: 'ForAllValues:StringLikeIfExists',
                set: 'ForAllValues',
                comparison: 'StringLike',
                ifExists: true,
              },
              key: 'aws:TagKeys',
              values: ['a', 'true', '3'],
            },
          ],
        },
      ],
    },
  });
});

test('reads the principals of a trust policy, and takes the older version for none', () => {
  const trust = {
    Statement: {
      Effect: 'Allow',
      Principal: {
        AWS: ['123456789012', 'arn:aws:iam::123456789012:root', '*'],
        Federated: 'arn:aws:iam::123456789012:oidc-provider/example.com/a',
        Service: 'ec2.amazonaws.com',
      },
      Action: 'sts:AssumeRole',
    },
  };
  expect(parsePolicy(trust, 'trust')).toMatchObject({
    ok: true,
    document: {
      version: '2008-10-17',
      statements: [
        {
          resource: null,
          principal: {
            except: false,
            listed: [
              { type: 'AWS', name: '123456789012' },
              { type: 'AWS', name: 'arn:aws:iam::123456789012:root' },
              { type: 'AWS', name: '*' },
              { type: 'Federated', name: 'arn:aws:iam::123456789012:oidc-provider/example.com/a' },
              { type: 'Service', name: 'ec2.amazonaws.com' },
            ],
          },
        },
      ],
    },
  });
});

describe('a malformed policy is refused with the place of each fault', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['no object', [], ['a policy must be an object']],
    ['no statement', { Version: '2012-10-17' }, ['Statement: a policy must have at least one statement']],
    ['an empty list', { Statement: [] }, ['Statement: a policy must have at least one statement']],
    [
      'a version of next year and an unknown element',
      { Version: '2027-01-01', Statements: [], Statement: ALLOW },
      ['Statements: unknown element Statements', 'Version: Version must be "2012-10-17" or "2008-10-17"'],
    ],
    ['a statement that is a text', { Statement: ['x'] }, ['Statement[0]: a statement must be an object']],
    ['an Id that is none', { Id: 1, Statement: ALLOW }, ['Id: Id must be a string']],
    [
      'an effect in lower case',
      { Statement: { ...ALLOW, Effect: 'allow' } },
      ['Statement.Effect: Effect must be "Allow" or "Deny"'],
    ],
    [
      'a Sid twice, and one with a space',
      {
        Statement: [
          { ...ALLOW, Sid: 'A' },
          { ...ALLOW, Sid: 'A' },
          { ...ALLOW, Sid: 'a b' },
        ],
      },
      ['Statement[2].Sid: Sid must be a string of letters and digits', 'Statement[1].Sid: duplicate Sid A'],
    ],
    [
      'neither action nor resource',
      { Statement: { Effect: 'Allow' } },
      [
        'Statement: a statement must have either Action or NotAction',
        'Statement: a statement must have either Resource or NotResource',
      ],
    ],
    [
      'both of a pair',
      { Statement: { ...ALLOW, NotAction: 'a:b' } },
      ['Statement: a statement must have either Action or NotAction'],
    ],
    [
      'actions that are none',
      { Statement: { ...ALLOW, Action: ['GetWebIdentityToken', 's*:x', 7] } },
      [
        'Statement.Action[2]: Action must be a string',
        'Statement.Action[0]: "GetWebIdentityToken" is not an action: expected * or service:name, where only the name can contain * and ?',
        'Statement.Action[1]: "s*:x" is not an action: expected * or service:name, where only the name can contain * and ?',
      ],
    ],
    [
      'no action in the list',
      { Statement: { ...ALLOW, Action: [] } },
      ['Statement.Action: Action must be a string or a non-empty list of strings'],
    ],
    [
      'a resource that is no ARN',
      {
        Version: '2012-10-17',
        Statement: { ...ALLOW, Resource: ['self', `arn:aws:s3:::b/\${aws:username`] },
      },
      [
        'Statement.Resource[0]: "self" is neither an ARN nor *',
        'Statement.Resource[1]: unclosed policy variable',
      ],
    ],
    [
      'a principal',
      { Statement: { ...ALLOW, Principal: '*' } },
      ['Statement.Principal: a permissions policy cannot have Principal'],
    ],
    [
      'conditions that are none',
      {
        Version: '2012-10-17',
        Statement: {
          ...ALLOW,
          Condition: {
            StringEqual: { 'a:b': 'c' },
            NullIfExists: { 'a:b': 'true' },
            Bool: { 'a:b': 'yes' },
            NumericEquals: { 'a:b': ['1', 'x'] },
            DateEquals: { 'a:b': '22.11.2026' },
            IpAddress: { 'a:b': '10.0.0.0/33' },
            StringEquals: 'a:b',
            StringLike: { b: `\${x`, 'a:b': [null] },
            Null: { 'a:b': 'maybe' },
          },
        },
      },
      [
        'Statement.Condition.StringEqual: unknown condition operator StringEqual',
        'Statement.Condition.NullIfExists: unknown condition operator NullIfExists',
        'Statement.Condition.Bool.a:b: "yes" is neither true nor false',
        'Statement.Condition.NumericEquals.a:b[1]: "x" is not a number',
        'Statement.Condition.DateEquals.a:b: "22.11.2026" is not an ISO 8601 date',
        'Statement.Condition.IpAddress.a:b: "10.0.0.0/33" is neither an IP address nor a network in CIDR notation',
        'Statement.Condition.StringEquals: StringEquals must be an object with condition keys as members',
        'Statement.Condition.StringLike.b: "b" is not a condition key',
        'Statement.Condition.StringLike.b: unclosed policy variable',
        'Statement.Condition.StringLike.a:b[0]: a condition value must be a string, a number or a boolean',
        'Statement.Condition.Null.a:b: "maybe" is neither true nor false',
      ],
    ],
    [
      'a condition that is a list',
      { Statement: { ...ALLOW, Condition: [] } },
      ['Statement.Condition: Condition must be an object with operators as members'],
    ],
  ])('%s', (_what, document, expected) => {
    expect(faults(document)).toEqual(expected);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a resource',
      { Principal: '*', Resource: '*' },
      ['Statement.Resource: a trust policy cannot have Resource'],
    ],
    ['no principal', {}, ['Statement: a statement must have either Principal or NotPrincipal']],
    [
      'principals that are none',
      { Principal: { AWS: ['arn:aws:iam::123456789012:role/*', 'ann'], Aws: 'x', Service: [] } },
      [
        'Statement.Principal.AWS[0]: "arn:aws:iam::123456789012:role/*" is neither an account nor the ARN of a principal; wildcards are not allowed here',
        'Statement.Principal.AWS[1]: "ann" is neither an account nor the ARN of a principal; wildcards are not allowed here',
        'Statement.Principal.Aws: unknown principal type Aws',
        'Statement.Principal.Service: Service must be a string or a non-empty list of strings',
      ],
    ],
    [
      'a principal that is a text',
      { Principal: 'arn:aws:iam::123456789012:root' },
      [
        'Statement.Principal: Principal must be "*" or an object with one or more of these members: AWS, Federated, Service, CanonicalUser',
      ],
    ],
  ])('in a trust policy: %s', (_what, members, expected) => {
    const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', ...members };
    expect(faults({ Statement: statement }, 'trust')).toEqual(expected);
  });
});

test('no JSON makes it throw', () => {
  const member = fc.constantFrom(
    'Version',
    'Statement',
    'Effect',
    'Action',
    'Resource',
    'Condition',
    'Principal',
  );
  const value = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom('Allow', '*', 'sts:*', 'StringEquals', null, 1, true),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(member, fc.string({ maxLength: 3 })), tie('json'), { maxKeys: 5 }),
    ),
  })).json;
  fc.assert(
    fc.property(value, fc.constantFrom<PolicyKind>('permissions', 'trust'), (document, kind) => {
      expect(typeof parsePolicy(document, kind).ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});
