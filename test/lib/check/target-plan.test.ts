import { describe, expect, test } from 'vitest';
import { planTarget } from '../../../src/lib/check/target-plan.ts';
import type { CheckTarget } from '../../../src/lib/core/check-target.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { target } from '../../support/check-target.ts';

const CONTEXT = { env: {}, pid: 1 };
const uri = parseConnectionString('mongodb+srv://prod.abcde.mongodb.net/');
const BY_KEYS = parseConnectionString('mongodb+srv://prod.abcde.mongodb.net/?authMechanism=MONGODB-AWS');
const ROLE = {
  roleArn: 'arn:aws:iam::123456789012:role/app',
  externalId: null,
  sessionName: null,
  mfaSerial: null,
};

function plan(changes: Partial<CheckTarget>) {
  const { database, mint, usesToken, usesAws, warnings } = planTarget(CONTEXT, target(changes));
  return {
    mechanisms: database?.mechanisms ?? null,
    audience: mint?.audience ?? null,
    usesToken,
    usesAws,
    warnings: warnings.map(({ code }) => code),
  };
}

const NOTHING = { mechanisms: null, audience: null, usesToken: true, usesAws: true, warnings: [] };

describe('what a target comes to', () => {
  test.each([
    ['nothing', {}, NOTHING],
    ['an audience', { audience: 'a' }, { ...NOTHING, audience: ['a'] }],
    ['a URI', { uri }, { ...NOTHING, mechanisms: ['MONGODB-OIDC'] }],
    [
      'both',
      { uri, audience: 'a', mechanism: 'both' },
      { ...NOTHING, audience: ['a'], mechanisms: ['MONGODB-OIDC', 'MONGODB-AWS'] },
    ],
    [
      'AWS keys alone',
      { uri, mechanism: 'aws' },
      { ...NOTHING, mechanisms: ['MONGODB-AWS'], usesToken: false },
    ],
    [
      'AWS keys for the database, a token for an API',
      { uri, mechanism: 'aws', api: 'https://api.example', audience: 'a' },
      { ...NOTHING, audience: ['a'], mechanisms: ['MONGODB-AWS'] },
    ],
    [
      'the mechanism of the URI',
      { uri: BY_KEYS },
      { ...NOTHING, mechanisms: ['MONGODB-AWS'], usesToken: false },
    ],
    [
      'a token file, in place of a mint and of AWS',
      { uri, audience: 'a', tokenFile: '/t' },
      { ...NOTHING, mechanisms: ['MONGODB-OIDC'], usesAws: false },
    ],
    [
      'a token file and AWS keys',
      { uri, tokenFile: '/t', mechanism: 'both' },
      { ...NOTHING, mechanisms: ['MONGODB-OIDC', 'MONGODB-AWS'] },
    ],
    [
      'a token file and a role',
      { uri, tokenFile: '/t', role: ROLE },
      { ...NOTHING, mechanisms: ['MONGODB-OIDC'] },
    ],
  ] as const)('%s', (_what, changes, expected) => {
    expect(plan(changes)).toEqual(expected);
  });

  test.each([
    [{ uri: BY_KEYS, mechanism: 'oidc' }, 'mongo.mechanism-conflict'],
    [{ audience: '' }, 'usage.invalid-value'],
    [{ audience: 'a', durationSeconds: 10 }, 'usage.invalid-value'],
    [{ role: { ...ROLE, roleArn: 'app' } }, 'usage.invalid-value'],
  ] as const)('%j is refused: %s', (changes, code) => {
    expect(() => planTarget(CONTEXT, target(changes))).toThrow(expect.objectContaining({ code }));
  });
});
