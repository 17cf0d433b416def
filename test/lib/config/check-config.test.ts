import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readCheckConfig } from '../../../src/lib/config/check-config.ts';
import { checkConfigSchema } from '../../../src/lib/config/check-schema.ts';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { target } from '../../support/check-target.ts';

const PLACE = { file: 'fedctl.yaml', directory: '/etc/fedctl', env: {} };

const EMPTY = target({ name: 'a' });

/** The lines that tell what is wrong, as people read them, without the name of the file. */
function faultsOf(text: string, env: Readonly<Record<string, string>> = {}): unknown {
  try {
    readCheckConfig(text, { ...PLACE, env });
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'config.invalid') throw error;
    return (error.details['evidence'] as string[]).map((line) => line.replace('fedctl.yaml:', ''));
  }
  return [];
}

/** What is wrong with one key of a target that has nothing else. */
function faultOf(line: string, env: Readonly<Record<string, string>> = {}): unknown {
  return faultsOf(`targets:\n  a:\n    ${line}\n`, env);
}

describe('a configuration', () => {
  test('has every key of a target', () => {
    const text = `
targets:
  production:
    uri: mongodb+srv://cluster0.example.mongodb.net/
    mechanism: both
    audience: my-atlas
    signingAlgorithm: ES384
    duration: 10m
    tokenFile: secrets/token.jwt
    roleArn: arn:aws:iam::123456789012:role/team/app
    externalId: shared
    sessionName: fedctl-check
    mfaSerial: arn:aws:iam::123456789012:mfa/alice
    profile: prod
    region: eu-west-1
    issuer: https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws
    subject: arn:aws:iam::123456789012:role/*
    privileges: [find@app, insert@app.visits, update@app.visits.by.day]
    writeProbe: app.probe
    api: https://api.example.com/whoami
    atlasProject: 0123456789abcdef01234567
    atlasCluster: cluster0
    dnsServer: 127.0.0.1:5353
`;
    expect(readCheckConfig(text, PLACE)).toEqual([
      {
        name: 'production',
        uri: parseConnectionString('mongodb+srv://cluster0.example.mongodb.net/'),
        refuseMember: null,
        mechanism: 'both',
        audience: 'my-atlas',
        signingAlgorithm: 'ES384',
        durationSeconds: 600,
        tokenFile: '/etc/fedctl/secrets/token.jwt',
        role: {
          roleArn: 'arn:aws:iam::123456789012:role/team/app',
          externalId: 'shared',
          sessionName: 'fedctl-check',
          mfaSerial: 'arn:aws:iam::123456789012:mfa/alice',
        },
        profile: 'prod',
        region: 'eu-west-1',
        issuer: 'https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws',
        subject: 'arn:aws:iam::123456789012:role/*',
        privileges: [
          { action: 'find', database: 'app', collection: '' },
          { action: 'insert', database: 'app', collection: 'visits' },
          { action: 'update', database: 'app', collection: 'visits.by.day' },
        ],
        writeProbe: { database: 'app', collection: 'probe' },
        api: 'https://api.example.com/whoami',
        atlasProject: '0123456789abcdef01234567',
        atlasCluster: 'cluster0',
        dnsServer: '127.0.0.1:5353',
        warnings: [],
      },
    ]);
  });

  test("fills in the defaults, and a target's own keys beat them", () => {
    const text = `
defaults: { audience: all, duration: 120, writeProbe: true, tokenFile: /var/run/token }
targets:
  b: { audience: own, writeProbe: false }
  a:
`;
    const common = { durationSeconds: 120, tokenFile: '/var/run/token' };
    expect(readCheckConfig(text, PLACE)).toEqual([
      { ...EMPTY, ...common, name: 'b', audience: 'own' },
      {
        ...EMPTY,
        ...common,
        name: 'a',
        audience: 'all',
        writeProbe: { database: 'fedctl', collection: 'probe' },
      },
    ]);
  });

  test('may say that there are no defaults', () => {
    expect(readCheckConfig('defaults:\ntargets: { a: {} }\n', PLACE)).toEqual([EMPTY]);
  });

  test('takes anchors of YAML, and what they stand for is judged where it ends up', () => {
    const text = 'targets:\n  a: &one { audience: x }\n  b: *one\n';
    expect(readCheckConfig(text, PLACE).map(({ name, audience }) => [name, audience])).toEqual([
      ['a', 'x'],
      ['b', 'x'],
    ]);
  });
});

const A = 'targets:\n  a: {}\n';

describe('a fault is told with its line and column', () => {
  test.each([
    ['nothing at all', '', ['1:1 targets: is missing']],
    ['no target', 'targets: {}\n', ['1:10 targets: is empty: there is nothing to check']],
    ['a list of targets', 'targets: [{ name: a }]\n', ['1:10 targets: must be a mapping']],
    [
      'no YAML',
      'targets: {\n',
      ['2:1: Flow map in block collection must be sufficiently indented and end with a }'],
    ],
    [
      'an alias of nothing',
      'targets: { a: *b, c: *d }\n',
      ['1:15: no earlier anchor &b', '1:22: no earlier anchor &d'],
    ],
    ['two targets of one name', 'targets:\n  a: {}\n  a: {}\n', ['3:3: Map keys must be unique']],
    [
      'a name that YAML takes for a number',
      'targets:\n  1.10: {}\n',
      [
        '2:3 targets.1.1: must consist of letters, digits, dots, underscores and hyphens, and must contain at least one letter',
      ],
    ],
    [
      'a name with other characters',
      'targets:\n  "a b": {}\n',
      [
        '2:3 targets.a b: must consist of letters, digits, dots, underscores and hyphens, and must contain at least one letter',
      ],
    ],
    ['a name of JavaScript', `${A}  __proto__: {}\n`, ['3:3: __proto__ cannot be a key']],
    ['an unknown key', `tarets: {}\n${A}`, ['1:1 tarets: unknown key; did you mean "targets"?']],
    [
      'a merge key, which YAML 1.2 has not',
      'x: &x { audience: y }\ntargets:\n  a: { <<: *x }\n',
      [
        '1:1 x: unknown key; valid keys are defaults, targets',
        expect.stringMatching(/^3:8 targets\.a\.<<: unknown key; valid keys are uri, mechanism, audience/),
      ],
    ],
    [
      'nesting that no parser survives',
      '['.repeat(50_000),
      expect.arrayContaining([expect.stringMatching(/^1:\d+: /)]),
    ],
  ])('%s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test.each([
    ['audiense: x', '3:5 targets.a.audiense: unknown key; did you mean "audience"?'],
    ['audience: 7', '3:15 targets.a.audience: must be a string: put it in quotes'],
    ['audience: ""', '3:15 targets.a.audience: is empty'],
    ['audience:', '3:14 targets.a.audience: must be a string'],
    [`audience: ${'x '.repeat(501)}y`, '3:15 targets.a.audience: must have at most 1000 characters'],
    ['mechanism: odic', '3:16 targets.a.mechanism: must be oidc or aws or both'],
    ['signingAlgorithm: HS256', '3:23 targets.a.signingAlgorithm: must be RS256 or ES384'],
    ['duration: 59', '3:15 targets.a.duration: must be from 60 to 3600 seconds'],
    ['duration: 61m', '3:15 targets.a.duration: must be from 60 to 3600 seconds'],
    [
      'duration: auto',
      '3:15 targets.a.duration: must be a number of seconds, or a duration such as 90s, 5m or 1h',
    ],
    [
      'duration: true',
      '3:15 targets.a.duration: must be a number of seconds, or a duration such as 90s, 5m or 1h',
    ],
    [
      'tokenFile: "-"',
      '3:16 targets.a.tokenFile: must be a file; only the option --token-file can read standard input',
    ],
    [
      'roleArn: arn:aws:iam::1:role/x',
      '3:14 targets.a.roleArn: must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/path/name',
    ],
    ['externalId: shared', '3:17 targets.a.externalId: has externalId without roleArn'],
    ['sessionName: shared', '3:18 targets.a.sessionName: has sessionName without roleArn'],
    ['mfaSerial: GAHT12345678', '3:16 targets.a.mfaSerial: has mfaSerial without roleArn'],
    ['region: EU', '3:13 targets.a.region: must be a Region name, such as eu-west-1'],
    ['region: x.example/', '3:13 targets.a.region: must be a Region name, such as eu-west-1'],
    [
      'region: aws-global',
      '3:13 targets.a.region: is the global endpoint, which mints no tokens; specify a Region',
    ],
    [
      'issuer: http://issuer.example',
      '3:13 targets.a.issuer: must use https, because its host is not a loopback address',
    ],
    ['issuer: https://issuer.example/?', '3:13 targets.a.issuer: must not have a query or a fragment'],
    ['api: ftp://api.example', '3:10 targets.a.api: must be an https URL'],
    [
      'api: http://api.example',
      '3:10 targets.a.api: must use https, because its host is not a loopback address',
    ],
    ['api: https://me@api.example', '3:10 targets.a.api: has a user name or a password: remove it'],
    ['api: https://$(reboot).example', '3:10 targets.a.api: must have a host name or an IP address'],
    [
      'privileges: [insert]',
      '3:18 targets.a.privileges[0]: must be an action on a database or collection, such as find@app or insert@app.visits',
    ],
    [
      'writeProbe: app',
      '3:17 targets.a.writeProbe: must be true, false, or a database and a collection such as app.probe',
    ],
    ['atlasProject: ../../orgs', '3:19 targets.a.atlasProject: must be a project ID: 24 hexadecimal digits'],
    ['atlasCluster: a/b', '3:19 targets.a.atlasCluster: must consist of letters, digits and hyphens'],
    [
      'dnsServer: dns.example:53',
      '3:16 targets.a.dnsServer: must be an IP address and a port, such as 127.0.0.1:5353',
    ],
    ['uri: cluster0.mongodb.net', '3:10 targets.a.uri: must start with mongodb:// or mongodb+srv://'],
    [
      'uri: mongodb://u:pass@x.mongodb.net/',
      '3:10 targets.a.uri: has a password: remove the password, because no mechanism uses it',
    ],
    [
      'uri: mongodb://u:pa@ss@x.mongodb.net/',
      '3:10 targets.a.uri: is invalid: expected mongodb:// or mongodb+srv://, followed by a host. The user name or password contains characters that are not percent-encoded.',
    ],
    [
      'uri: mongodb+srv://x.mongodb.net/?proxyHost=p&proxyUsername=u&proxyPassword=pass',
      '3:10 targets.a.uri: has an option with a secret: remove the option, because this file must not contain secrets',
    ],
    [
      '{ uri: "mongodb+srv://x.example/?authMechanism=MONGODB-AWS", mechanism: oidc }',
      '3:77 targets.a.mechanism: mechanism is oidc, but uri has authMechanism=MONGODB-AWS',
    ],
  ])('%s', (line, fault) => {
    expect(faultOf(line)).toEqual([fault]);
  });

  test('all of them at once, also where some are of the schema and some between keys', () => {
    const text = `
defaults:
  sessionName: shared
  duration: 5
targets:
  a: { mechanism: aws, region: aws-global, zzz: 1 }
  c: { mechanism: 7, audience: 7, externalId: xx }
  b: { uri: "mongodb+srv://x.example/?authMechanism=MONGODB-OIDC", mechanism: aws, roleArn: x }
`;
    expect(faultsOf(text)).toEqual([
      '4:13 defaults.duration: must be from 60 to 3600 seconds',
      '6:6 targets.a: has sessionName without roleArn',
      '6:32 targets.a.region: is the global endpoint, which mints no tokens; specify a Region',
      expect.stringMatching(/^6:44 targets\.a\.zzz: unknown key; valid keys are /),
      '7:6 targets.c: has sessionName without roleArn',
      '7:19 targets.c.mechanism: must be oidc or aws or both',
      '7:32 targets.c.audience: must be a string: put it in quotes',
      '7:47 targets.c.externalId: has externalId without roleArn',
      '8:79 targets.b.mechanism: mechanism is aws, but uri has authMechanism=MONGODB-OIDC',
      '8:93 targets.b.roleArn: must be the ARN of an IAM role, such as arn:aws:iam::123456789012:role/path/name',
    ]);
  });

  test('with what to do, which fits this kind of file', () => {
    const read = () => readCheckConfig('targets: {}', PLACE);
    expect(read).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        exitCode: 2,
        message: 'fedctl.yaml has an error.',
        remedy: 'Correct the lines above. "fedctl init --out -" prints every supported key.',
      }),
    );
  });
});

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

describe('a secret', () => {
  test.each([
    [
      `audience: ${JWT}`,
      '3:15 targets.a.audience: looks like a token: this file must not contain secrets, and fedctl does not need them',
    ],
    [
      `subject: "Bearer ${JWT}"`,
      '3:14 targets.a.subject: looks like a token: this file must not contain secrets, and fedctl does not need them',
    ],
    [
      `profile: ${KEY}`,
      '3:14 targets.a.profile: looks like an AWS access key: this file must not contain secrets, and fedctl does not need them',
    ],
    [
      'profile: AKIAIOSFODNN7EXAMPLE',
      '3:14 targets.a.profile: looks like an AWS access key: this file must not contain secrets, and fedctl does not need them',
    ],
    [
      `subject: IQoJ${`${KEY}${KEY}`.repeat(5)}==`,
      '3:14 targets.a.subject: looks like an AWS access key: this file must not contain secrets, and fedctl does not need them',
    ],
  ])('is refused and not repeated: %s', (line, fault) => {
    expect(faultOf(line)).toEqual([fault]);
  });

  test('is not repeated where it stands as a key, or as a variable', () => {
    expect(faultOf(`${JWT}: 1`)).toEqual([
      expect.stringMatching(/^3:5 targets\.a\.\(a secret\): unknown key; valid keys are uri/),
    ]);
    expect(faultOf(`audience: "\${${JWT}}"`)).toEqual([
      '3:15 targets.a.audience: refers to an invalid variable name: a configuration file can read only variables named FEDCTL_VAR_…',
    ]);
  });

  test('is refused when a variable holds it', () => {
    const fault =
      '3:15 targets.a.audience: looks like a token: this file must not contain secrets, and fedctl does not need them';
    expect(faultOf(`audience: \${FEDCTL_VAR_A}`, { FEDCTL_VAR_A: JWT })).toEqual([fault]);
  });

  test.each([
    'audience: eyes.shop.example',
    'tokenFile: /var/run/secrets/fedctl/atlas/prod/token',
    'tokenFile: /Secrets/Prod/Prod/Prod/Prod/Prod/Prod/P',
    'audience: 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
    'subject: arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
  ])('is not what this is: %s', (line) => {
    expect(faultOf(line)).toEqual([]);
  });
});

describe('a variable', () => {
  test('is put in, and judged like what is typed', () => {
    const env = { FEDCTL_VAR_TIME: '2h', FEDCTL_VAR_HOST: 'u:p@x.mongodb.net' };
    expect(faultOf(`duration: \${FEDCTL_VAR_TIME}`, env)).toEqual([
      '3:15 targets.a.duration: must be from 60 to 3600 seconds',
    ]);
    expect(faultOf(`uri: mongodb://\${FEDCTL_VAR_HOST}/`, env)).toEqual([
      '3:10 targets.a.uri: has a password: remove the password, because no mechanism uses it',
    ]);
  });

  test('never changes the structure of the file', () => {
    const value = 'x\n    uri: mongodb://evil.example/\n  b: { audience: y }';
    const text = `targets:\n  a:\n    audience: \${FEDCTL_VAR_A}\n`;
    expect(readCheckConfig(text, { ...PLACE, env: { FEDCTL_VAR_A: value } })).toEqual([
      { ...EMPTY, audience: value },
    ]);
  });

  test('is not put into keys', () => {
    expect(faultsOf(`targets:\n  "\${FEDCTL_VAR_A}": {}\n`, { FEDCTL_VAR_A: 'a' })).toEqual([
      `2:3 targets.\${FEDCTL_VAR_A}: must consist of letters, digits, dots, underscores and hyphens, and must contain at least one letter`,
    ]);
  });

  test('of another name, or without a value, is a fault at its place', () => {
    const env = { HOME: '/home/alice', AWS_SECRET_ACCESS_KEY: KEY };
    expect(
      faultsOf(
        `targets:\n  a:\n    audience: \${HOME}\n    subject: \${AWS_SECRET_ACCESS_KEY}\n    profile: \${FEDCTL_VAR_P}\n`,
        env,
      ),
    ).toEqual([
      `3:15 targets.a.audience: refers to \${HOME}: a configuration file can read only variables named FEDCTL_VAR_…`,
      `4:14 targets.a.subject: refers to \${AWS_SECRET_ACCESS_KEY}: a configuration file can read only variables named FEDCTL_VAR_…`,
      `5:14 targets.a.profile: requires FEDCTL_VAR_P, which is not set; set the variable or specify a default: \${FEDCTL_VAR_P:-<default>}`,
    ]);
  });
});

test('nothing that stands in a file makes the reader fail in any other way', () => {
  const word = fc.constantFrom(
    'targets',
    'defaults',
    'uri',
    'a',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '\n    ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '<<',
    '!!binary ',
    '!x ',
    '? ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '---',
    '%YAML 1.1\n',
    `\${`,
    '}',
    '$$',
    'FEDCTL_VAR_A',
    ':-',
    'mongodb://',
    '@',
    '?',
    '=',
    '%',
    '\u0000',
    '\ufeff',
    '\ud800',
    '__proto__',
    'constructor',
    'null',
    '1',
    JWT,
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
    fc.string({ unit: 'binary' }),
    // The right shape, with any value for any key.
    fc
      .record({
        targets: fc.dictionary(
          fc.string(),
          fc.dictionary(fc.constantFrom(...Object.keys(EMPTY), 'duration'), fc.jsonValue()),
        ),
        defaults: fc.jsonValue(),
      })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        readCheckConfig(given, { ...PLACE, env: { FEDCTL_VAR_A: 'x' } });
      } catch (error) {
        if (!isFedctlError(error)) throw error;
        expect(error.code).toBe('config.invalid');
        expect((error.details['evidence'] as string[]).join('\n')).not.toContain('eyJ');
      }
    }),
    { numRuns: 500 },
  );
});

describe('the published schema', () => {
  const validate = new Ajv2020({ strict: true }).compile(checkConfigSchema());

  test('is the one that is checked', () => {
    const file = new URL('../../../schemas/fedctl.v1.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(checkConfigSchema());
  });

  test.each([
    ['targets: { a: { uri: "mongodb://127.0.0.1/", duration: 5m, writeProbe: true } }', true],
    ['targets: { a: null }', true],
    [`targets: { a: { uri: "\${FEDCTL_VAR_URI}", mechanism: "\${FEDCTL_VAR_M}" } }`, true],
    ['targets: { a: { zzz: 1 } }', false],
    ['targets: { a: { mechanism: odic } }', false],
    ['targets: { a: { uri: "http://x" } }', false],
    ['targets: { a: { duration: [] } }', false],
    ['targets: { "a b": {} }', false],
  ])('tells editors what fedctl would say: %s', (text, valid) => {
    expect(validate(parse(text))).toBe(valid);
  });

  test('has a description for every key', () => {
    const undescribed = Object.entries(settingsOf(checkConfigSchema())).filter(
      ([, schema]) => typeof (schema as { description?: unknown }).description !== 'string',
    );
    expect(undescribed).toEqual([]);
  });
});

/** The keys of a target, in the JSON Schema. */
function settingsOf(schema: object): object {
  const { properties } = schema as {
    properties: { targets: { additionalProperties: { anyOf: [{ properties: object }] } } };
  };
  return properties.targets.additionalProperties.anyOf[0].properties;
}
