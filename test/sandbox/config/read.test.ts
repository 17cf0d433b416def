import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { readSandboxConfig } from '../../../src/sandbox/config/read.ts';
import { sandboxConfigSchema } from '../../../src/sandbox/config/schema.ts';
import { BUILT_IN_LAB } from '../../../src/sandbox/description.ts';

/** The lines that tell what is wrong, as people read them. */
function faultsOf(text: string): unknown {
  try {
    readSandboxConfig(text, 'sandbox.yaml');
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'config.invalid') throw error;
    return error.details['evidence'];
  }
  return [];
}

describe('a configuration', () => {
  test('that says nothing is the built-in lab', () => {
    expect(readSandboxConfig('# nothing\n', 'sandbox.yaml')).toEqual(BUILT_IN_LAB);
  });

  test('declares accounts, identities, identity providers, database users and data', () => {
    const text = `
accounts:
  - id: "111122223333"
    federation: enabled
    users:
      - name: alice
        allow: ["*"]
    roles:
      - name: app
        path: /team/
        trusts: ["arn:aws:iam::111122223333:user/alice"]
        externalId: shared
        policies:
          Mint: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "sts:*", Resource: "*" }] }
identityProviders:
  - name: mine
    audience: my-audience
databaseUsers:
  - mechanism: oidc
    principal: arn:aws:iam::111122223333:role/team/app
    roles: [readWrite@app]
data:
  app.visits:
    - { _id: 1, at: { $date: "2026-11-22T12:00:00Z" } }
`;
    expect(readSandboxConfig(text, 'sandbox.yaml')).toMatchObject({
      aws: {
        accounts: [
          {
            id: '111122223333',
            federation: true,
            users: [{ name: 'alice', profile: 'default', path: '/' }],
            roles: [{ name: 'app', profile: 'app', path: '/team/', maxSessionSeconds: 3600 }],
          },
        ],
      },
      identityProviders: [
        {
          displayName: 'mine',
          issuer: { account: '111122223333' },
          audience: 'my-audience',
          userClaim: 'sub',
          connected: true,
        },
      ],
      databaseUsers: [
        {
          mechanism: 'oidc',
          principal: 'arn:aws:iam::111122223333:role/team/app',
          identityProvider: null,
          roles: [{ role: 'readWrite', db: 'app' }],
          clusters: [],
        },
      ],
      data: { 'app.visits': [{ _id: 1, at: { $date: '2026-11-22T12:00:00Z' } }] },
    });
  });
});

const USER = 'users: [{ name: alice }]';

describe('a fault is told with its line and column', () => {
  test.each([
    [
      'an unknown key, with the nearest known one',
      'acounts: []\n',
      ['1:1 acounts: unknown key; did you mean "accounts"?'],
    ],
    [
      'an unknown key that is near to none',
      'identityProviders:\n  - name: x\n    audience: y\n    zzz: 1\n',
      [
        '4:5 identityProviders[0].zzz: unknown key; valid keys are name, account, issuer, audience, userClaim, connected',
      ],
    ],
    [
      'a number where a text is wanted',
      `accounts:\n  - id: 111122223333\n    ${USER}\n`,
      ['2:9 accounts[0].id: must be a string: put it in quotes'],
    ],
    [
      'an account that is none',
      `accounts:\n  - id: "1111"\n    ${USER}\n`,
      ['2:9 accounts[0].id: must be a 12-digit account ID in quotes'],
    ],
    [
      'what is missing, at what it is missing from',
      'databaseUsers:\n  - mechanism: oidc\n    roles: []\n',
      ['2:5 databaseUsers[0].principal: is missing'],
    ],
    [
      'another word',
      'databaseUsers:\n  - mechanism: odic\n    principal: x\n    roles: []\n',
      ['2:16 databaseUsers[0].mechanism: must be oidc or aws'],
    ],
    ['a text where a list is wanted', 'databaseUsers: x\n', ['1:16 databaseUsers: must be a list']],
    [
      'a role without its database',
      'databaseUsers:\n  - mechanism: aws\n    principal: x\n    roles: [readWrite]\n',
      ['4:13 databaseUsers[0].roles[0]: must be a role and its database, such as readWrite@app'],
    ],
    [
      'a collection without its database',
      'data:\n  visits: []\n',
      ['2:3 data.visits: must be a database and a collection, such as app.visits'],
    ],
    [
      'a policy that AWS would refuse',
      `accounts:\n  - id: "111122223333"\n    users:\n      - name: alice\n        policies:\n          P: { Version: "2012-10-17", Statement: [{ Effect: Alow, Action: "sts:*", Resource: "*" }] }\n`,
      [
        '6:14 accounts[0].users[0].policies.P: AWS would reject this policy: Statement[0].Effect: Effect must be "Allow" or "Deny"',
      ],
    ],
    [
      'a role that nobody could assume',
      `accounts:\n  - id: "111122223333"\n    ${USER}\n    roles:\n      - name: app\n`,
      [
        '5:9 accounts[0].roles[0]: requires trusts or trustPolicy; otherwise, no principal can assume the role',
      ],
    ],
    [
      'a first account without a user',
      'accounts:\n  - id: "111122223333"\n',
      ['2:5 accounts[0]: the first account requires a user; the first user is the principal of the lab'],
    ],
    [
      'two of one name',
      `accounts:\n  - id: "111122223333"\n    users: [{ name: alice }, { name: alice }]\n`,
      ['3:38 accounts[0].users[1].name: duplicate profile alice: set a different name with "profile"'],
    ],
    [
      'an identity provider of an account that the lab lacks',
      'identityProviders:\n  - { name: x, audience: y, account: "111122223333" }\n',
      [
        '2:38 identityProviders[0].account: the lab has no account 111122223333; accounts: 123456789012, 210987654321',
      ],
    ],
    [
      'a database user of an identity provider that is not declared',
      'databaseUsers:\n  - { mechanism: oidc, principal: x, roles: [], identityProvider: other }\n',
      ['2:67 databaseUsers[0].identityProvider: this file has no identity provider other'],
    ],
    [
      'what is no YAML',
      'accounts: [\n',
      ['2:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['a key twice', 'data: {}\ndata: {}\n', ['2:1: Map keys must be unique']],
    ['a file that is a list', '- x\n', ['1:1: must be a mapping']],
    [
      'every one at once, in their order',
      'dta: {}\nidentityProviders:\n  - nme: x\n    audience: 1\n',
      [
        '1:1 dta: unknown key; did you mean "data"?',
        '3:5 identityProviders[0].name: is missing',
        '3:5 identityProviders[0].nme: unknown key; did you mean "name"?',
        '4:15 identityProviders[0].audience: must be a string: put it in quotes',
      ],
    ],
  ])('%s', (_what, text, expected) => {
    expect(faultsOf(text)).toEqual(expected.map((line) => `sandbox.yaml:${line}`));
  });

  test('aliases that multiply are refused', () => {
    const text = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`;
    expect(faultsOf(text)).toEqual([
      'sandbox.yaml:1:1: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });
});

test('the published schema is the one that is checked', () => {
  const file = new URL('../../../schemas/sandbox-config.v1.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(sandboxConfigSchema());
});

test('editors accept by it what fedctl accepts, and mark what it refuses', () => {
  const validate = new Ajv2020({ strict: true }).compile(sandboxConfigSchema());
  expect(validate(parse('identityProviders: [{ name: x, audience: y }]'))).toBe(true);
  expect(validate(parse('identityProviders: [{ name: x, audience: y, zzz: 1 }]'))).toBe(false);
});
