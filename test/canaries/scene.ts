import type { LabEnvironment } from '../../src/sandbox/environment.ts';
import type { MemoryContextOptions } from '../support/memory-context.ts';
import type { BinOptions } from '../support/run-bin.ts';
import { type AwsFault, type MongodFault, SECRETS, type Servers } from './world.ts';

/** The result of a run: success, or a code of one of the areas. */
export const CLASSES = [
  'success',
  'usage',
  'config',
  'aws',
  'sts',
  'iam',
  'jwt',
  'issuer',
  'mongo',
  'atlas',
  'net',
  'lab',
  'exec',
  'bug',
] as const;
export type Class = (typeof CLASSES)[number];

/** The source of the AWS credentials in a run. */
export const SOURCES = [
  'environment',
  'profile',
  'process',
  'role',
  'container',
  'instance',
  'web-identity',
] as const;
export type Source = (typeof SOURCES)[number];

export type Env = Readonly<Record<string, string | undefined>>;

/** The parts from which a run is built. */
export interface Stage {
  readonly servers: Servers;
  readonly source: Source;
  readonly format: string;
  readonly minted: string;
  readonly presented: string;
  /** Path of a file with secrets: `token.jwt`, `broken.jwt`. */
  file(name: string): string;
  /** A file for this run only, in its working directory. */
  write(name: string, text: string): string;
  /** The variables of a healthy lab that runs in this process. */
  readonly lab: LabEnvironment;
  /** The variables of a lab for this run only. */
  ownLab(): Promise<LabEnvironment>;
}

/** One run: the command line and its environment. */
export interface Run {
  readonly args?: readonly string[];
  readonly env?: Env;
  readonly input?: string;
  /** Replaces parts of the Context of a run in this process. */
  readonly context?: MemoryContextOptions;
  /** True when only the real binary can do this run. */
  readonly process?: Pick<BinOptions, 'watch'>;
}

export interface Scenario {
  readonly what: string;
  /** The output file in the working directory, when the output does not go to stdout. */
  readonly answerIn?: string;
  /** The available output formats, when the run does not support all of them. */
  readonly formats?: readonly string[];
  readonly stage: (stage: Stage) => Promise<Run> | Run;
}

const TYPED = `--secret-access-key=${SECRETS.typed}`;

/** Command line errors that every command can have. */
export const MISTYPED: readonly Scenario[] = [
  { what: 'an unknown option with a secret', stage: () => ({ args: [TYPED] }) },
  {
    what: 'a token as the value of an option',
    stage: ({ presented }) => ({ args: ['--profile', presented] }),
  },
  { what: 'a token as an argument', stage: ({ presented }) => ({ args: [presented, presented] }) },
  { what: 'a token as an output format', stage: ({ presented }) => ({ args: [`--output=${presented}`] }) },
];

const MISTAKEN_URIS: Readonly<Record<string, string>> = {
  'a password': `mongodb://app:${SECRETS.uriPassword}@db.example.com/`,
  'a password that is not encoded': `mongodb://app:${SECRETS.uriPassword}@/@db.example.com/`,
  'an unknown option': `mongodb://127.0.0.1:9/?proxyPasswrd=${SECRETS.uriOption}`,
  'an option of TLS': `mongodb://127.0.0.1:9/?tls=true&passphrase=${SECRETS.uriOption}`,
  'a password after the host': `mongodb://127.0.0.1:9/app:${SECRETS.uriPassword}@db.example.com`,
  'a proxy password twice': `mongodb://127.0.0.1:9/?proxyPassword=${SECRETS.uriProxyPassword}&proxypassword=${SECRETS.uriProxyPassword}`,
  'a session token': `mongodb://127.0.0.1:9/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:${SECRETS.uriSession}`,
  'passwords of a proxy and a key file': `mongodb://127.0.0.1:9/?proxyHost=127.0.0.1&proxyPort=9&proxyUsername=u&proxyPassword=${SECRETS.uriProxyPassword}&tlsCertificateKeyFilePassword=${SECRETS.uriKeyPassword}`,
};

/** Invalid connection strings with a secret, in an option and in a variable. */
export function mistakenUris(rest: (stage: Stage) => Promise<Run> | Run): readonly Scenario[] {
  return Object.entries(MISTAKEN_URIS).flatMap(([what, uri]): readonly Scenario[] => [
    {
      what: `--uri with ${what}`,
      async stage(stage) {
        const run = await rest(stage);
        return { ...run, args: [...(run.args ?? []), '--uri', uri] };
      },
    },
    {
      what: `FEDCTL_URI with ${what}`,
      async stage(stage) {
        const run = await rest(stage);
        return { ...run, env: { ...run.env, FEDCTL_URI: uri } };
      },
    },
  ]);
}

/** Credentials from one source, with one of our servers as AWS. */
export async function awsEnv(stage: Stage, fault?: AwsFault): Promise<Env> {
  const metadata = await stage.servers.metadata();
  const files = {
    AWS_SHARED_CREDENTIALS_FILE: stage.file('credentials'),
    AWS_CONFIG_FILE: stage.file('config'),
  };
  const sources: Readonly<Record<Source, Env>> = {
    environment: {
      AWS_ACCESS_KEY_ID: 'ASIAENVIRONMENTENVIR',
      AWS_SECRET_ACCESS_KEY: SECRETS.environmentKey,
      AWS_SESSION_TOKEN: SECRETS.environmentSession,
    },
    profile: { ...files, AWS_PROFILE: 'keys' },
    process: { ...files, AWS_PROFILE: 'process' },
    role: { ...files, AWS_PROFILE: 'role' },
    container: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${metadata}/x`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: SECRETS.containerAuthorization,
    },
    instance: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata },
    'web-identity': {
      AWS_WEB_IDENTITY_TOKEN_FILE: stage.file('identity.jwt'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/app',
    },
  };
  return {
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: await stage.servers.aws(fault),
    ...sources[stage.source],
  };
}

type Staging = (stage: Stage, env: Env) => Promise<Run> | Run;

/** A command that calls AWS, with one action denied. */
export function refusing(fault: AwsFault, what: string, rest: Staging): Scenario {
  return {
    what,
    stage: async (stage) => rest(stage, await awsEnv(stage, fault)),
  };
}

/**
 * Failures that a command can have before it reaches AWS.
 *
 * @param action the first action that the command calls
 */
export function onTheWayToAws(rest: Staging, action = 'GetCallerIdentity'): readonly Scenario[] {
  const identity = { action };
  const scene = (what: string, env: (stage: Stage) => Promise<Env> | Env): Scenario => ({
    what,
    stage: async (stage) => rest(stage, { ...(await awsEnv(stage)), ...(await env(stage)) }),
  });
  return [
    refusing({ ...identity, code: 'AccessDenied' }, 'AWS denies', rest),
    refusing({ ...identity, code: 'SomethingNew', status: 400 }, 'AWS refuses for a new reason', rest),
    refusing({ ...identity, code: 'SignatureDoesNotMatch' }, 'AWS refuses the signature', rest),
    refusing({ ...identity, code: 'InvalidClientTokenId' }, 'AWS does not know the key', rest),
    scene('the container endpoint refuses', async ({ servers }) => ({
      ...WITHOUT_KEYS,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${await servers.metadata('status')}/x`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: SECRETS.containerAuthorization,
    })),
    scene('the container endpoint answers with text', async ({ servers }) => ({
      ...WITHOUT_KEYS,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${await servers.metadata('not-json')}/x`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: SECRETS.containerAuthorization,
    })),
    scene('the container endpoint has a password', () => ({
      ...WITHOUT_KEYS,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://app:${SECRETS.endpointPassword}@127.0.0.1:9/x`,
    })),
    ...['cut', 'failing'].map((profile) =>
      scene(`the credential process is ${profile}`, ({ file }) => ({
        ...WITHOUT_KEYS,
        AWS_CONFIG_FILE: file('config'),
        AWS_PROFILE: profile,
      })),
    ),
    scene('half of the keys are set', () => ({
      ...WITHOUT_KEYS,
      AWS_SECRET_ACCESS_KEY: SECRETS.environmentKey,
      AWS_SESSION_TOKEN: SECRETS.environmentSession,
    })),
    ...['http', 'https'].map((scheme) =>
      scene(`the endpoint has a password, ${scheme}`, () => ({
        AWS_ENDPOINT_URL: `${scheme}://app:${SECRETS.endpointPassword}@127.0.0.1:9`,
      })),
    ),
    scene('the endpoint is plain and has a password', () => ({
      AWS_ENDPOINT_URL: `http://app:${SECRETS.endpointPassword}@sts.example.com`,
    })),
    scene('the proxy refuses', async ({ servers }) => ({
      AWS_ENDPOINT_URL: 'https://sts.example.com',
      HTTPS_PROXY: (await servers.proxy()).replace('//', `//app:${SECRETS.proxyPassword}@`),
    })),
  ];
}

/** Proxies that cannot be used, with a password in each. */
export function brokenProxies(rest: Staging): readonly Scenario[] {
  return [`ftp://app:${SECRETS.proxyPassword}@proxy`, `http://app:${SECRETS.proxyPassword}@[proxy`].map(
    (proxy) => ({
      what: `the proxy is ${proxy.slice(0, 4)}`,
      stage: async (stage) =>
        rest(stage, {
          ...(await awsEnv(stage)),
          AWS_ENDPOINT_URL: 'https://sts.example.com',
          HTTPS_PROXY: proxy,
          HTTP_PROXY: proxy,
        }),
    }),
  );
}

const WITHOUT_KEYS: Env = {
  AWS_PROFILE: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_SHARED_CREDENTIALS_FILE: undefined,
  AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * A clock that throws when a run reads it. The error quotes secrets that the run has read so far, as a bug in fedctl
 * could.
 */
export function brokenClock(secrets: readonly string[]): MemoryContextOptions {
  return {
    now: () => {
      throw new TypeError(`cannot read properties of ${secrets.join(' ')}`);
    },
  };
}

/** The secrets of the session for a credential source. */
export function secretsOfSource(source: Source): readonly string[] {
  const { environmentKey, environmentSession, profileKey, profileSession, processKey, processSession } =
    SECRETS;
  const { containerKey, containerSession, instanceKey, instanceSession, roleKey, roleSession } = SECRETS;
  const secrets: Readonly<Record<Source, readonly string[]>> = {
    environment: [environmentKey, environmentSession],
    profile: [profileKey, profileSession],
    process: [processKey, processSession],
    role: [roleKey, roleSession],
    container: [containerKey, containerSession],
    instance: [instanceKey, instanceSession],
    'web-identity': [roleKey, roleSession],
  };
  return secrets[source];
}

export function mongodFaults(): readonly MongodFault[] {
  return ['login', 'ping', 'write'];
}
