import type { MemoryContextOptions } from '../support/memory-context.ts';
import {
  awsEnv,
  brokenClock,
  brokenProxies,
  type Class,
  type Env,
  MISTYPED,
  mistakenUris,
  mongodFaults,
  onTheWayToAws,
  type Run,
  refusing,
  type Scenario,
  type Stage,
  secretsOfSource,
} from './scene.ts';
import { SECRETS } from './world.ts';

/** The secrets that an output format must print. Each can appear once in the output of a successful run. */
type Requested = (stage: Stage) => readonly string[];

/** The test row of a command. */
export interface Row {
  /** Each output format, with the secrets that it must print. */
  readonly formats: Readonly<Record<string, Requested>>;
  /** Each result, or the reason why this command cannot have that result. */
  readonly classes: Readonly<Record<Class, readonly Scenario[] | string>>;
  /** True when only the real binary can run the command. */
  readonly processOnly?: true;
}

const nothing: Requested = () => [];
const BOTH = { human: nothing, json: nothing } as const;

/** A sleep that returns immediately. */
const IMPATIENT: MemoryContextOptions = { sleep: async () => {} };

/** The reason why a command cannot have a result. */
const NO_CONFIG = 'reads no configuration file';
const NO_TOKEN = 'reads no token';
const NO_ISSUER = 'asks no issuer';
const NO_MONGO = 'calls no MongoDB server and takes no connection string';
const NO_ATLAS = 'calls no Atlas API';
const NO_LAB = 'calls no lab';
const NO_PROGRAM = 'runs no program and keeps no file';
const NO_AWS = 'calls no AWS service';
const NO_NETWORK = 'sends nothing';

const run =
  (...args: readonly string[]) =>
  (_stage: Stage, env: Env): Run => ({ args, env });

/** An internal error after the credentials were read. */
function bug(...args: readonly string[]): Scenario {
  return {
    what: 'an unexpected error quotes the credentials',
    stage: async (stage) => {
      const found = { ...stage, source: 'environment' } as const;
      return { args, env: await awsEnv(found), context: brokenClock(secretsOfSource(found.source)) };
    },
  };
}

const AccessDenied = 'AccessDenied';

/** The commands of the account. */
function accountRow(own: {
  readonly args?: readonly string[];
  readonly context?: MemoryContextOptions;
  readonly sts: readonly Scenario[] | string;
  readonly iam: readonly Scenario[] | string;
  /** Additional successful runs. */
  readonly more?: readonly Scenario[];
  readonly issuer: readonly Scenario[] | string;
}): Row {
  const typed = run(...(own.args ?? []));
  return {
    formats: BOTH,
    classes: {
      success: [
        {
          what: 'healthy',
          stage: async (stage) => ({ ...typed(stage, await awsEnv(stage)), context: own.context ?? {} }),
        },
        ...(own.more ?? []),
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws(typed),
      sts: own.sts,
      iam: own.iam,
      jwt: NO_TOKEN,
      issuer: own.issuer,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: brokenProxies(typed),
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [bug(...(own.args ?? []))],
    },
  };
}

/** An account whose issuer is hostile: IAM names it, and STS mints its token. */
const hostileIssuers = (typed: (stage: Stage, env: Env) => Run): readonly Scenario[] =>
  (['discovery', 'status', 'redirect', 'not-json'] as const).map((fault) => ({
    what: `the issuer answers with ${fault}`,
    stage: async (stage) => {
      const issuer = await stage.servers.issuer(fault);
      return typed(stage, {
        ...(await awsEnv(stage)),
        AWS_ENDPOINT_URL: await stage.servers.aws(undefined, issuer),
      });
    },
  }));

const read = 'GetOutboundWebIdentityFederationInfo';
const mint = 'GetWebIdentityToken';

const LOGIN = ['--audience', 'orders', '--timeout', '2s'] as const;

/** The secrets of a session, by credential source. */
const sessionSecrets: Requested = ({ source }) => secretsOfSource(source);

/** A command that reads a token from a file or from stdin. */
const tokenReaders = (typed: readonly string[]): readonly Scenario[] => [
  { what: 'a file', stage: ({ file }) => ({ args: [file('token.jwt'), ...typed] }) },
  { what: 'stdin', stage: ({ presented }) => ({ args: ['-', ...typed], input: `${presented}\n` }) },
];

const notTokens = (typed: readonly string[]): readonly Scenario[] => [
  { what: 'two tokens in a file', stage: ({ file }) => ({ args: [file('broken.jwt'), ...typed] }) },
  {
    what: 'a token in quotes',
    stage: ({ presented }) => ({ args: ['-', ...typed], input: `"${presented}"` }),
  },
  {
    what: 'a token with a header of its own',
    stage: ({ presented }) => ({ args: ['-', ...typed], input: `Authorization: Bearer ${presented}` }),
  },
];

const lab =
  (...args: readonly string[]) =>
  async (stage: Stage): Promise<Run> => ({ args, env: stage.lab });

/** The commands that change or read a running lab. */
function labRow(
  args: readonly string[],
  own: { readonly ends?: true; readonly extra?: readonly Scenario[] } = {},
): Row {
  return {
    formats: BOTH,
    classes: {
      success: [
        own.ends === undefined && args[0] !== 'stop'
          ? { what: 'a healthy lab', stage: lab(...args) }
          : { what: 'a lab of its own', stage: async (stage) => ({ args, env: await stage.ownLab() }) },
        ...(own.extra ?? []),
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: 'calls loopback only, which no proxy is asked for',
      lab: [
        ...(['coded', 'status', 'not-json'] as const).map((fault) => ({
          what: `the lab answers with an error, ${fault}`,
          stage: async ({ servers }: Stage) => ({
            args,
            env: { FEDCTL_SANDBOX_URL: await servers.control(fault), FEDCTL_SANDBOX_TOKEN: SECRETS.labToken },
          }),
        })),
        {
          what: 'the address of the lab has a password',
          stage: () => ({
            args,
            env: {
              FEDCTL_SANDBOX_URL: `http://app:${SECRETS.endpointPassword}@127.0.0.1:9`,
              FEDCTL_SANDBOX_TOKEN: SECRETS.labToken,
            },
          }),
        },
        {
          what: 'no lab runs there',
          stage: () => ({
            args,
            env: { FEDCTL_SANDBOX_URL: 'http://127.0.0.1:9', FEDCTL_SANDBOX_TOKEN: SECRETS.labToken },
          }),
        },
      ],
      exec: NO_PROGRAM,
      bug: 'runs no code that a test could break',
    },
  };
}

const EXEC = ['--audience', 'orders', 'true'] as const;
const AGENT = ['--audience', 'orders', '--out', 'token.out', '--once'] as const;

const WITH_PROXY_PASSWORD = `mongodb://127.0.0.1:9/?proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=${SECRETS.uriProxyPassword}&tlsCertificateKeyFilePassword=${SECRETS.uriKeyPassword}`;

/** The secrets in the connection string that the command prints for a program. */
const secretsOfUri: Requested = () => [SECRETS.uriProxyPassword, SECRETS.uriKeyPassword];

/** One row for each command, by its full name. */
export const ROWS: Readonly<Record<string, Row>> = {
  enable: accountRow({
    args: ['--audience', 'orders'],
    context: IMPATIENT,
    sts: [refusing({ action: mint, code: AccessDenied }, 'the probe is denied', run('--timeout', '2s'))],
    iam: [
      refusing(
        { action: 'EnableOutboundWebIdentityFederation', code: AccessDenied },
        'enabling is denied',
        run(),
      ),
    ],
    issuer: hostileIssuers((_stage, env) => ({ args: ['--audience', 'orders'], env, context: IMPATIENT })),
  }),
  disable: accountRow({
    args: ['--yes'],
    sts: 'mints no token',
    iam: [
      refusing(
        { action: 'DisableOutboundWebIdentityFederation', code: AccessDenied },
        'denied',
        run('--yes'),
      ),
    ],
    issuer: NO_ISSUER,
  }),
  status: accountRow({
    sts: 'mints no token',
    iam: [refusing({ action: read, code: AccessDenied }, 'reading is denied', run('--require', 'enabled'))],
    issuer: 'sends an issuer nothing, and knows no token that an issuer could repeat',
  }),
  whoami: accountRow({
    sts: 'mints no token',
    iam: 'an issuer that may not be read is left out, without a code',
    issuer: NO_ISSUER,
    more: [refusing({ action: read, code: AccessDenied }, 'reading is denied', run())],
  }),
  token: {
    formats: {
      human: ({ minted }) => [minted],
      json: ({ minted }) => [minted],
      'format raw': ({ minted }) => [minted],
      'format json': ({ minted }) => [minted],
      'format header': ({ minted }) => [minted],
    },
    classes: {
      success: [
        {
          what: 'healthy',
          stage: async (stage) => ({ args: ['--audience', 'orders'], env: await awsEnv(stage) }),
        },
        {
          what: 'to a file',
          answerIn: 'out.jwt',
          stage: async (stage) => ({
            args: ['--audience', 'orders', '--out', 'out.jwt'],
            env: await awsEnv(stage),
          }),
        },
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws(run('--audience', 'orders', '--timeout', '2s'), mint),
      sts: [
        refusing({ action: mint, code: AccessDenied }, 'minting is denied', run('--audience', 'orders')),
        refusing(
          { action: 'AssumeRole', code: AccessDenied },
          'the role is denied',
          run('--audience', 'orders', '--role-arn', 'arn:aws:iam::123456789012:role/app'),
        ),
      ],
      iam: 'makes no call of IAM',
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: brokenProxies(run('--audience', 'orders')),
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [bug('--audience', 'orders')],
    },
  },
  decode: {
    formats: BOTH,
    classes: {
      success: tokenReaders([]),
      usage: [
        ...MISTYPED,
        { what: 'no such file', stage: ({ presented }) => ({ args: [`x.${presented}`] }) },
      ],
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: notTokens([]),
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [
        {
          what: 'an unexpected error quotes the token',
          stage: ({ file, presented }) => ({ args: [file('token.jwt')], context: brokenClock([presented]) }),
        },
      ],
    },
  },
  verify: {
    formats: BOTH,
    classes: {
      success: [
        {
          what: 'a valid token',
          stage: async ({ servers, file }) => ({
            args: [file('token.jwt'), '--audience', 'orders', '--issuer', (await servers.issuer()).url],
          }),
        },
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws((stage, env) => ({
        args: [stage.file('token.jwt'), '--audience', 'orders'],
        env,
      })).slice(-1),
      sts: 'makes no call of STS',
      iam: 'a denied call of IAM is reported as issuer.unknown',
      jwt: [
        {
          what: 'another audience',
          stage: async ({ servers, file }) => ({
            args: [file('token.jwt'), '--audience', 'other', '--issuer', (await servers.issuer()).url],
          }),
        },
        {
          what: 'a changed signature',
          stage: async ({ servers, presented }) => ({
            args: ['-', '--audience', 'orders', '--issuer', (await servers.issuer()).url],
            input: `${presented.slice(0, -4)}AAAA`,
          }),
        },
        ...notTokens(['--audience', 'orders', '--issuer', 'https://idp.example.com']),
      ],
      issuer: [
        ...(['discovery', 'keys', 'status', 'redirect', 'not-json'] as const).map((fault) => ({
          what: `the issuer answers with ${fault}`,
          stage: async ({ servers }: Stage) => {
            const { url, token } = await servers.issuer(fault);
            return { args: ['-', '--audience', 'orders', '--issuer', url], input: token };
          },
        })),
        refusing(
          { action: read, code: AccessDenied },
          'the account does not tell its issuer',
          ({ file }, env) => ({
            args: [file('token.jwt'), '--audience', 'orders'],
            env,
          }),
        ),
        {
          what: 'the issuer has a password',
          stage: ({ file }) => ({
            args: [
              file('token.jwt'),
              '--audience',
              'orders',
              '--issuer',
              `http://app:${SECRETS.endpointPassword}@idp.example.com`,
            ],
          }),
        },
      ],
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: 'a proxy that cannot be used is a failure of the issuer or of AWS',
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [
        {
          what: 'an unexpected error quotes the token',
          stage: async ({ servers, file, presented }) => ({
            args: [file('token.jwt'), '--audience', 'orders', '--issuer', (await servers.issuer()).url],
            context: brokenClock([presented]),
          }),
        },
      ],
    },
  },
  credentials: {
    formats: {
      human: nothing,
      json: sessionSecrets,
      'format env': sessionSecrets,
      'format fish': sessionSecrets,
      'format powershell': sessionSecrets,
      'format cmd': sessionSecrets,
      'format dotenv': sessionSecrets,
      'format json': sessionSecrets,
      'format process': sessionSecrets,
      'format github-env': sessionSecrets,
    },
    classes: {
      success: [{ what: 'healthy', stage: async (stage) => ({ env: await awsEnv(stage) }) }],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws(run()),
      sts: [
        refusing(
          { action: 'AssumeRole', code: AccessDenied },
          'the role is denied',
          run('--role-arn', 'arn:aws:iam::123456789012:role/app'),
        ),
      ],
      iam: 'makes no call of IAM',
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: brokenProxies(run()),
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [bug()],
    },
  },
  connect: {
    formats: BOTH,
    classes: {
      success: [
        ...(['oidc', 'aws', 'both'] as const).map((mechanism) => ({
          what: `healthy, ${mechanism}`,
          stage: async (stage: Stage) => ({
            args: [
              ...LOGIN,
              '--mechanism',
              mechanism,
              '--write-probe',
              '--uri',
              await stage.servers.mongod(),
            ],
            env: await awsEnv(stage),
          }),
        })),
        {
          what: 'the handshake is explained',
          stage: async (stage) => ({
            args: [...LOGIN, '--mechanism', 'aws', '--explain', '--uri', await stage.servers.mongod()],
            env: await awsEnv(stage),
          }),
        },
        {
          what: 'the server names the user by the secret',
          stage: async (stage) => ({
            args: [...LOGIN, '--mechanism', 'both', '--uri', await stage.servers.mongod('user')],
            env: await awsEnv(stage),
          }),
        },
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws(async (stage, env) => ({
        args: [...LOGIN, '--mechanism', 'aws', '--uri', await stage.servers.mongod()],
        env,
      })).slice(4),
      sts: [
        {
          what: 'minting is denied',
          stage: async (stage) => ({
            args: [...LOGIN, '--uri', await stage.servers.mongod()],
            env: await awsEnv(stage, { action: mint, code: AccessDenied }),
          }),
        },
      ],
      iam: 'makes no call of IAM',
      jwt: 'a file that holds no token is a failure of mongo.token-file',
      issuer: NO_ISSUER,
      mongo: [
        ...mongodFaults().map((fault) => ({
          what: `${fault}, explained`,
          stage: async (stage: Stage) => ({
            args: [...LOGIN, '--mechanism', 'aws', '--explain', '--uri', await stage.servers.mongod(fault)],
            env: await awsEnv(stage),
          }),
        })),
        ...mongodFaults().flatMap((fault) =>
          (['oidc', 'aws', 'both'] as const).map((mechanism) => ({
            what: `${fault}, ${mechanism}`,
            stage: async (stage: Stage) => ({
              args: [
                ...LOGIN,
                '--mechanism',
                mechanism,
                '--write-probe',
                '--uri',
                await stage.servers.mongod(fault),
              ],
              env: await awsEnv(stage),
            }),
          })),
        ),
        {
          what: 'a token file, and the server repeats it',
          stage: async ({ servers, file }) => ({
            args: [...LOGIN, '--token-file', file('token.jwt'), '--uri', await servers.mongod('login')],
          }),
        },
        ...(['set-name', 'hello'] as const).map((fault) => ({
          what: `a token file, and the server knows the token: ${fault}`,
          stage: async ({ servers, file }: Stage) => ({
            args: [
              ...LOGIN,
              '--token-file',
              file('token.jwt'),
              '--uri',
              `${await servers.mongod(fault)}?replicaSet=rs0`,
            ],
          }),
        })),
        {
          what: 'a token file that holds two tokens',
          stage: async ({ servers, file }) => ({
            args: [...LOGIN, '--token-file', file('broken.jwt'), '--uri', await servers.mongod('login')],
          }),
        },
        ...mistakenUris(({ file }) => ({ args: [...LOGIN, '--token-file', file('token.jwt')] })),
      ],
      atlas: NO_ATLAS,
      net: brokenProxies(async (stage, env) => ({
        args: [...LOGIN, '--uri', await stage.servers.mongod()],
        env,
      })),
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: [
        {
          what: 'an unexpected error quotes the token',
          stage: async ({ servers, file, presented }) => ({
            args: [...LOGIN, '--token-file', file('token.jwt'), '--uri', await servers.mongod()],
            context: {
              mongo: async () => {
                throw new TypeError(`cannot read properties of ${presented}`);
              },
            },
          }),
        },
      ],
    },
  },
  check: {
    formats: {
      human: nothing,
      short: nothing,
      json: nothing,
      junit: nothing,
      github: nothing,
      markdown: nothing,
      html: nothing,
    },
    classes: {
      success: [
        { what: 'a healthy lab', stage: lab('--mechanism', 'both', '--write-probe') },
        { what: 'the list of checks', formats: ['human', 'json'], stage: () => ({ args: ['--list'] }) },
      ],
      usage: MISTYPED,
      config: [
        ...Object.entries({
          'an unknown key': `secret: ${SECRETS.typed}`,
          'a URI with a password': `uri: mongodb://app:${SECRETS.uriPassword}@db.example.com/`,
          'an unknown option': `uri: mongodb://127.0.0.1:9/?passphrase=${SECRETS.uriOption}`,
          'a variable': `issuer: $${'{'}FEDCTL_VAR_ISSUER}`,
          'a foreign host': `uri: mongodb://db.example.com/?proxyPassword=${SECRETS.uriProxyPassword}&proxyHost=h`,
        }).map(([what, line]) => ({
          what: `a file with ${what}`,
          stage: ({ write }: Stage) => {
            write('fedctl.yaml', `targets:\n  a:\n    audience: orders\n    ${line}\n`);
            return { env: { FEDCTL_VAR_ISSUER: `http://app:${SECRETS.endpointPassword}@idp.example.com` } };
          },
        })),
      ],
      aws: onTheWayToAws((_stage, env) => ({ args: [...LOGIN, '--uri', 'mongodb://127.0.0.1:9/'], env })),
      sts: [
        {
          what: 'minting is denied',
          stage: async (stage) => ({
            args: [...LOGIN, '--mechanism', 'both', '--uri', await stage.servers.mongod('login')],
            env: await awsEnv(stage, { action: mint, code: AccessDenied }),
          }),
        },
      ],
      iam: 'a denied read leaves its check without a code',
      jwt: [
        {
          what: 'a token for another audience',
          stage: async ({ servers, file }) => ({
            args: [
              '--token-file',
              file('token.jwt'),
              '--audience',
              'other',
              '--issuer',
              (await servers.issuer()).url,
              '--uri',
              await servers.mongod('login'),
              '--timeout',
              '2s',
            ],
          }),
        },
      ],
      issuer: (['discovery', 'status', 'redirect', 'not-json'] as const).map((fault) => ({
        what: `the issuer answers with ${fault}`,
        stage: async ({ servers, write }: Stage) => {
          const { url, token } = await servers.issuer(fault);
          return { args: [...LOGIN, '--token-file', write('own.jwt', token), '--issuer', url] };
        },
      })),
      mongo: [
        ...mongodFaults().map((fault) => ({
          what: `${fault}`,
          stage: async (stage: Stage) => ({
            args: [
              ...LOGIN,
              '--mechanism',
              'both',
              '--write-probe',
              '--privilege',
              'insert@app',
              '--uri',
              await stage.servers.mongod(fault),
            ],
            env: await awsEnv(stage),
          }),
        })),
        ...(['set-name', 'hello'] as const).map((fault) => ({
          what: `a token file, and the server knows the token: ${fault}`,
          stage: async ({ servers, file }: Stage) => ({
            args: [
              ...LOGIN,
              '--token-file',
              file('token.jwt'),
              '--uri',
              `${await servers.mongod(fault)}?replicaSet=rs0`,
            ],
          }),
        })),
        ...mistakenUris(({ file }) => ({ args: [...LOGIN, '--token-file', file('token.jwt')] })),
      ],
      atlas: (['token', 'question'] as const).flatMap((fault) => [
        {
          what: `a service account, refused at the ${fault}`,
          stage: async (stage: Stage) => ({
            args: [...LOGIN, '--uri', await stage.servers.mongod('login'), '--only', 'atlas'],
            env: {
              ...(await awsEnv(stage)),
              FEDCTL_ATLAS_URL: await stage.servers.atlas(fault),
              MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_0123456789abcdef01234567',
              MONGODB_ATLAS_CLIENT_SECRET: SECRETS.atlasClient,
              MONGODB_ATLAS_PROJECT_ID: 'a'.repeat(24),
            },
          }),
        },
        {
          what: `an API key, refused at the ${fault}`,
          stage: async (stage: Stage) => ({
            args: [...LOGIN, '--uri', await stage.servers.mongod(), '--only', 'atlas'],
            env: {
              ...(await awsEnv(stage)),
              MONGODB_ATLAS_OPS_MANAGER_URL: await stage.servers.atlas(fault),
              MONGODB_ATLAS_PUBLIC_API_KEY: 'abcdefgh',
              MONGODB_ATLAS_PRIVATE_API_KEY: SECRETS.atlasPrivateKey,
              MONGODB_ATLAS_PROJECT_ID: 'a'.repeat(24),
            },
          }),
        },
        {
          what: `half of the credentials, ${fault}`,
          stage: () => ({
            args: [...LOGIN],
            env: {
              ...(fault === 'token'
                ? { MONGODB_ATLAS_CLIENT_SECRET: SECRETS.atlasClient }
                : { MONGODB_ATLAS_PRIVATE_API_KEY: SECRETS.atlasPrivateKey }),
              FEDCTL_ATLAS_URL: `http://app:${SECRETS.endpointPassword}@127.0.0.1:9`,
            },
          }),
        },
        {
          what: `the address has a password, ${fault}`,
          stage: () => ({
            args: [...LOGIN, '--only', 'atlas'],
            env: {
              MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_0123456789abcdef01234567',
              MONGODB_ATLAS_CLIENT_SECRET: SECRETS.atlasClient,
              FEDCTL_ATLAS_URL: `${fault === 'token' ? 'http' : 'https'}://app:${SECRETS.endpointPassword}@atlas.example.com`,
            },
          }),
        },
      ]),
      net: [
        ...(['challenge', 'body', 'redirect', 'header'] as const).map((fault) => ({
          what: `the API refuses, ${fault}`,
          stage: async ({ servers, file }: Stage) => ({
            args: [
              '--only',
              'net.api',
              '--token-file',
              file('token.jwt'),
              '--api',
              `${await servers.api(fault)}/x`,
            ],
          }),
        })),
        ...['http', 'https'].map((scheme) => ({
          what: `the API has a password, ${scheme}`,
          stage: ({ file }: Stage) => ({
            args: ['--only', 'net.api', '--token-file', file('token.jwt')],
            env: {
              FEDCTL_API: `${scheme}://app:${SECRETS.endpointPassword}@api.example.com/x?key=${SECRETS.typed}`,
            },
          }),
        })),
        ...brokenProxies((_stage, env) => ({ args: [...LOGIN, '--uri', 'mongodb://127.0.0.1:9/'], env })),
      ],
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: 'a check that breaks is a failure of this check; see "an unexpected error" of connect',
    },
  },
  init: {
    formats: BOTH,
    classes: {
      success: [
        { what: 'a file', stage: () => ({ args: ['--uri', 'mongodb+srv://cluster0.example.mongodb.net/'] }) },
      ],
      usage: MISTYPED,
      config: [
        {
          what: 'a connection string whose options hold secrets',
          stage: () => ({
            args: ['--force'],
            env: {
              FEDCTL_URI: `mongodb://127.0.0.1:9/?proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=${SECRETS.uriProxyPassword}&tlsCertificateKeyFilePassword=${SECRETS.uriKeyPassword}`,
            },
          }),
        },
      ],
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: mistakenUris(() => ({})),
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: 'holds no secret that an error could quote',
    },
  },
  explain: {
    formats: BOTH,
    classes: {
      success: [
        { what: 'a code', stage: () => ({ args: ['mongo.oidc-refused'] }) },
        { what: 'all codes', stage: () => ({ input: '' }) },
        {
          what: 'a log with secrets',
          stage: ({ presented }) => ({
            args: ['-'],
            input: `MongoServerError: Authentication failed. ${presented} ${SECRETS.environmentSession}\nmongodb://app:${SECRETS.uriPassword}@h/\n`,
          }),
        },
      ],
      usage: [
        ...MISTYPED,
        { what: 'a secret instead of a code', stage: () => ({ args: [SECRETS.typed] }) },
        {
          what: 'a connection string instead of a code',
          stage: () => ({
            args: [`mongodb://app:${SECRETS.uriPassword}@h/`],
          }),
        },
      ],
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: 'presents no secret, so that none is known',
    },
  },
  completion: {
    formats: BOTH,
    classes: {
      success: [
        { what: 'a script', stage: () => ({ args: ['bash'] }) },
        {
          what: 'profiles, beside their credentials',
          stage: async (stage) => ({
            args: ['bash', '--', 'whoami', '--profile', ''],
            env: await awsEnv(stage),
          }),
        },
        {
          what: 'a command line with secrets',
          stage: ({ presented }) => ({
            args: [
              'zsh',
              '--',
              'connect',
              '--uri',
              `mongodb://app:${SECRETS.uriPassword}@h/`,
              presented,
              '--',
            ],
          }),
        },
      ],
      usage: [
        ...MISTYPED,
        { what: 'a secret instead of a shell', stage: () => ({ args: [SECRETS.typed] }) },
        { what: 'a token instead of a shell', stage: ({ presented }) => ({ args: [presented] }) },
      ],
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: 'a file that cannot be read has no candidates',
    },
  },
  sandbox: {
    processOnly: true,
    formats: BOTH,
    classes: {
      success: [
        {
          what: 'a command inside',
          stage: async (stage) => ({
            args: ['--verbose', '--', process.execPath, '-e', 'process.exit(0)'],
            env: await awsEnv(stage),
          }),
        },
        { what: 'the list of scenarios', stage: () => ({ args: ['--list-scenarios'] }) },
        {
          what: 'a login inside that is refused',
          stage: async (stage) => ({
            args: [
              '--verbose',
              '--scenario',
              'database-user-missing',
              '--',
              'sh',
              '-c',
              'fedctl connect; exit 0',
            ],
            env: await awsEnv(stage),
          }),
        },
      ],
      usage: MISTYPED,
      config: [
        {
          what: 'a file with an unknown key',
          stage: ({ write }) => ({ args: ['--config', write('sandbox.yaml', `secret: ${SECRETS.typed}\n`)] }),
        },
      ],
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: [
        {
          what: 'a state that cannot be read',
          stage: ({ write }) => ({
            args: [
              '--state',
              write('state/state.json', `{"secret": "${SECRETS.typed}`).replace('/state.json', ''),
            ],
          }),
        },
      ],
      exec: NO_PROGRAM,
      bug: 'runs no code that a test could break',
    },
  },
  'sandbox status': labRow([]),
  'sandbox set': labRow(['--slow', 'issuer=0']),
  'sandbox scenario': labRow(['database-user-missing'], { ends: true }),
  'sandbox clock': labRow([]),
  'sandbox log': labRow([]),
  'sandbox stop': labRow([], { ends: true }),
  demo: {
    processOnly: true,
    formats: BOTH,
    classes: {
      success: [{ what: 'the whole job', stage: async (stage) => ({ env: await awsEnv(stage) }) }],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: 'a step of the demo cannot be made to fail from outside',
      exec: NO_PROGRAM,
      bug: 'a step of the demo cannot be made to fail from outside',
    },
  },
  exec: {
    formats: BOTH,
    classes: {
      success: [
        {
          what: 'a token file',
          stage: async (stage) => ({ args: EXEC, env: await awsEnv(stage) }),
        },
        {
          what: 'session credentials',
          stage: async (stage) => ({ args: ['--mechanism', 'aws', '--', 'true'], env: await awsEnv(stage) }),
        },
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: onTheWayToAws(run(...EXEC, '--timeout', '2s'), mint),
      sts: [refusing({ action: mint, code: AccessDenied }, 'minting is denied', run(...EXEC))],
      iam: 'makes no call of IAM',
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: mistakenUris(async (stage) => ({ args: EXEC, env: await awsEnv(stage) })),
      atlas: NO_ATLAS,
      net: brokenProxies(run(...EXEC)),
      lab: NO_LAB,
      exec: [
        {
          what: 'a program that does not exist',
          stage: async (stage) => ({
            args: ['--audience', 'orders', 'no-such-program'],
            env: await awsEnv(stage),
          }),
        },
        {
          what: 'a connection string with a secret, for an argument',
          stage: () => ({
            args: ['--audience', 'orders', '--uri', WITH_PROXY_PASSWORD, '--', 'echo', '{uri}'],
          }),
        },
      ],
      bug: [bug(...EXEC)],
    },
  },
  agent: {
    formats: { human: ({ minted }) => [minted], json: ({ minted }) => [minted] },
    classes: {
      success: [
        {
          what: 'once',
          answerIn: 'token.out',
          stage: async (stage) => ({ args: AGENT, env: await awsEnv(stage) }),
        },
      ],
      usage: MISTYPED,
      config: [
        {
          what: 'a token where a path belongs',
          stage: (stage) => ({
            args: ['--config', stage.write('agent.yaml', `tokenFiles: { path: ${stage.presented} }`)],
          }),
        },
      ],
      aws: onTheWayToAws(run(...AGENT, '--timeout', '2s'), mint),
      sts: [refusing({ action: mint, code: AccessDenied }, 'minting is denied', run(...AGENT))],
      iam: 'makes no call of IAM',
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      mongo: NO_MONGO,
      atlas: NO_ATLAS,
      net: brokenProxies(run(...AGENT)),
      lab: NO_LAB,
      exec: 'a lock and a port hold no secret',
      bug: [bug(...AGENT)],
    },
  },
  uri: {
    formats: { human: secretsOfUri, json: secretsOfUri },
    classes: {
      success: [
        {
          what: 'with the passwords of a proxy and a key file',
          stage: () => ({ args: ['--uri', WITH_PROXY_PASSWORD] }),
        },
      ],
      usage: MISTYPED,
      config: NO_CONFIG,
      aws: NO_AWS,
      sts: NO_AWS,
      iam: NO_AWS,
      jwt: NO_TOKEN,
      issuer: NO_ISSUER,
      // The run succeeds with these secrets, so they are part of the output.
      mongo: mistakenUris(() => ({ args: [] })).filter(({ what }) => !what.includes('passwords of')),
      atlas: NO_ATLAS,
      net: NO_NETWORK,
      lab: NO_LAB,
      exec: NO_PROGRAM,
      bug: 'runs no code that a test could break',
    },
  },
};
