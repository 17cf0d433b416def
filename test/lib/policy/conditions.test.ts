import { describe, expect, test, vi } from 'vitest';
import { holds } from '../../../src/lib/policy/conditions.ts';
import { parsePolicy } from '../../../src/lib/policy/parse.ts';
import { type ContextKeys, RequestContext } from '../../../src/lib/policy/request.ts';

const KEYS: ContextKeys = {
  'aws:username': 'Ann',
  'aws:RequestTag/Empty': '',
  'aws:RequestTag/first': 'scope',
  'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/team/data/etl',
  'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:etl:live',
  'sts:DurationSeconds': '300',
  'aws:CurrentTime': '2026-11-22T09:00:00Z',
  'aws:SecureTransport': 'true',
  'aws:SourceIp': '192.0.2.77',
  'aws:TagKeys': ['scope', 'Team'],
  'aws:None': [],
};

function verdict(operator: string, key: string, value: unknown, version = '2012-10-17'): boolean {
  const parsed = parsePolicy(
    {
      Version: version,
      Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { [key]: value } } },
    },
    'permissions',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const [condition] = parsed.document.statements[0]?.conditions ?? [];
  if (condition === undefined) throw new Error('no condition');
  return holds(condition, new RequestContext(KEYS), parsed.document.version);
}

describe('one value', () => {
  test.each<[string, string, unknown, boolean]>([
    ['StringEquals', 'aws:username', 'Ann', true],
    ['StringEquals', 'AWS:UserName', 'Ann', true],
    ['StringEquals', 'aws:username', 'ann', false],
    ['StringEquals', 'aws:username', 'A*', false],
    ['StringEquals', 'aws:username', ['bob', 'Ann'], true],
    ['StringEquals', 'aws:username', [], false],
    ['StringEquals', 'aws:requesttag/empty', '', true],
    ['StringNotEquals', 'aws:username', ['bob', 'Ann'], false],
    ['StringNotEquals', 'aws:username', ['bob', 'ann'], true],
    ['StringEqualsIgnoreCase', 'aws:username', 'aNN', true],
    ['StringNotEqualsIgnoreCase', 'aws:username', 'aNN', false],
    ['StringLike', 'aws:username', 'A?n', true],
    ['StringLike', 'aws:username', `\${aws:username}*`, true],
    ['StringLike', 'aws:username', `\${aws:nothing}*`, false],
    ['StringLike', 'aws:username', `A\${*}`, false],
    // A key of many values is no variable.
    ['StringEquals', 'aws:RequestTag/first', `\${aws:TagKeys}`, false],
    ['StringNotLike', 'aws:username', 'a*', true],
    ['NumericEquals', 'sts:DurationSeconds', 300, true],
    ['NumericEquals', 'sts:DurationSeconds', '300.0', true],
    ['NumericNotEquals', 'sts:DurationSeconds', ['60', '300'], false],
    ['NumericLessThan', 'sts:DurationSeconds', '300', false],
    ['NumericLessThanEquals', 'sts:DurationSeconds', '300', true],
    ['NumericLessThanEquals', 'sts:DurationSeconds', '299', false],
    ['NumericGreaterThan', 'sts:DurationSeconds', '299', true],
    ['NumericGreaterThanEquals', 'sts:DurationSeconds', '301', false],
    ['NumericEquals', 'aws:username', '1', false],
    ['DateLessThan', 'aws:CurrentTime', '2026-11-22T10:00:00Z', true],
    ['DateLessThan', 'aws:CurrentTime', '2026-11-22T10:00:00+02:00', false],
    ['DateGreaterThan', 'aws:CurrentTime', '2026-11-22', true],
    ['DateGreaterThanEquals', 'aws:CurrentTime', '1795338000', true],
    ['DateEquals', 'aws:CurrentTime', '2026-11-22T09:00:00.000Z', true],
    ['DateNotEquals', 'aws:CurrentTime', '2026-11-22T09:00:00Z', false],
    ['DateLessThanEquals', 'aws:CurrentTime', '2026-11-22T08:59:59Z', false],
    ['Bool', 'aws:SecureTransport', true, true],
    ['Bool', 'aws:SecureTransport', 'False', false],
    ['BinaryEquals', 'aws:username', 'Ann', true],
    ['IpAddress', 'aws:SourceIp', '192.0.2.0/24', true],
    ['IpAddress', 'aws:SourceIp', ['2001:db8::/32', '192.0.2.77'], true],
    ['NotIpAddress', 'aws:SourceIp', '192.0.2.64/26', false],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/team/*', true],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/team/data/et?', true],
    // A star stays within its part of the ARN.
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam:*:role/team/data/etl', false],
    ['ArnLike', 'aws:PrincipalArn', 'arn:*', false],
    // The last part has colons of its own.
    ['ArnLike', 'lambda:SourceFunctionArn', 'arn:aws:lambda:*:*:function:etl:*', true],
    ['ArnLike', 'lambda:SourceFunctionArn', 'arn:aws:lambda:*:*:function:e', false],
    ['ArnLike', 'aws:PrincipalArn', '*', true],
    ['ArnLike', 'aws:username', 'arn:aws:iam::*:role/*', false],
    ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/platform/*', true],
    ['ArnNotEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/team/*', false],
  ])('%s %s %j is %s', (operator, key, value, expected) => {
    expect(verdict(operator, key, value)).toBe(expected);
  });

  test('a time without a zone is one of UTC, wherever this runs', () => {
    vi.stubEnv('TZ', 'America/New_York');
    expect(verdict('DateEquals', 'aws:CurrentTime', '2026-11-22T09:00')).toBe(true);
    vi.unstubAllEnvs();
  });

  test('variables belong to the newer version', () => {
    expect(verdict('StringEquals', 'aws:username', `\${aws:username}`)).toBe(true);
    expect(verdict('StringEquals', 'aws:username', `\${aws:username}`, '2008-10-17')).toBe(false);
  });
});

describe('an absent key', () => {
  test.each<[string, unknown, boolean]>([
    ['StringEquals', 'x', false],
    ['StringNotEquals', 'x', true],
    ['StringEqualsIfExists', 'x', true],
    ['NumericLessThanIfExists', '1', true],
    ['BoolIfExists', 'true', true],
    ['Bool', 'false', false],
    ['ArnNotLike', 'arn:aws:iam::*:role/x', true],
    ['ForAllValues:StringEquals', 'x', true],
    ['ForAnyValue:StringEquals', 'x', false],
    ['ForAnyValue:StringNotEquals', 'x', false],
    ['ForAnyValue:StringLikeIfExists', 'x', true],
    ['Null', 'true', true],
    ['Null', true, true],
    ['Null', 'false', false],
  ])('%s %j is %s', (operator, value, expected) => {
    expect(verdict(operator, 'aws:absent', value)).toBe(expected);
    expect(verdict(operator, 'aws:None', value)).toBe(expected);
  });
});

describe('a key of many values', () => {
  test.each<[string, unknown, boolean]>([
    ['ForAllValues:StringEquals', ['scope', 'Team', 'more'], true],
    ['ForAllValues:StringEquals', ['scope'], false],
    ['ForAllValues:StringNotEquals', ['x'], true],
    ['ForAllValues:StringNotEquals', ['scope'], false],
    ['ForAnyValue:StringEquals', ['scope'], true],
    ['ForAnyValue:StringLike', 'T*', true],
    ['ForAnyValue:StringEquals', ['x'], false],
    ['ForAnyValue:StringNotEquals', ['scope'], true],
    ['ForAnyValue:StringNotEquals', ['scope', 'Team'], false],
    ['StringEquals', ['scope', 'Team'], false],
    ['StringLike', '*', false],
    ['StringNotEquals', 'x', false],
    ['StringEqualsIfExists', 'scope', false],
    ['Null', 'false', true],
    ['Null', 'true', false],
  ])('%s %j is %s', (operator, value, expected) => {
    expect(verdict(operator, 'aws:TagKeys', value)).toBe(expected);
  });

  test('operators of sets take a key of one value as a set of one', () => {
    expect(verdict('ForAnyValue:StringEquals', 'aws:username', 'Ann')).toBe(true);
    expect(verdict('ForAllValues:StringEquals', 'aws:username', 'bob')).toBe(false);
  });
});
