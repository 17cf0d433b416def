import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import type { AwsSettings } from '../../../src/lib/ports/aws.ts';
import { awsHome } from '../../support/aws-home.ts';
import { fetch } from '../../support/fetch.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const CONFIG = `
[default]
region = eu-central-1

[profile prod]
region = eu-west-3
endpoint_url = https://prod.example

[profile lab]
region = us-east-2
services = lab

[profile lost]
services = absent

[profile open]
endpoint_url = http://open.example

[services lab]
sts =
  endpoint_url = http://127.0.0.1:4000
iam =
  endpoint_url = http://127.0.0.1:4001/prefix
`;

/** AWS with this home and environment. */
async function configured(
  use: (aws: Awaited<ReturnType<typeof createAws>>, home: string) => Promise<void>,
  env: Record<string, string> = {},
  settings: Partial<AwsSettings> = {},
  config = CONFIG,
) {
  await using home = await awsHome(
    config,
    '[prod]\naws_access_key_id = AKIAPROD\naws_secret_access_key = s\n',
  );
  const context = memoryContext({ env, home: home.path, fetch });
  await use(await createAws({ timeoutMs: 1000, ...settings }, context), home.path);
}

describe('the Region', () => {
  test.each<[Partial<AwsSettings>, Record<string, string>, string, string]>([
    [{ region: 'a-1' }, { AWS_REGION: 'b-1' }, 'a-1', '--region'],
    [{}, { AWS_REGION: 'b-1', AWS_DEFAULT_REGION: 'c-1' }, 'b-1', 'AWS_REGION'],
    [{}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'c-1' }, 'c-1', 'AWS_DEFAULT_REGION'],
    [{}, {}, 'eu-central-1', 'profile "default"'],
    [{}, { AWS_PROFILE: 'prod' }, 'eu-west-3', 'profile "prod"'],
    [{ profile: 'lab' }, { AWS_PROFILE: 'prod' }, 'us-east-2', 'profile "lab"'],
  ])('%j %j', async (settings, env, name, source) => {
    await configured(async (aws) => expect(await aws.region()).toEqual({ name, source }), env, settings);
  });

  test('of the instance that this runs on, where nothing else names one', async () => {
    await using server = await loopbackServer(({ method, path, headers }) => {
      if (method === 'PUT') return { body: 'imds-token' };
      const isAllowed = headers['x-aws-ec2-metadata-token'] === 'imds-token';
      return isAllowed && path === '/latest/meta-data/placement/region' ? { body: 'a-1\n' } : { status: 404 };
    });
    const env = { AWS_PROFILE: 'lost', AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    await configured(
      async (aws) => expect(await aws.region()).toEqual({ name: 'a-1', source: 'instance metadata' }),
      env,
    );
    await configured((aws) => expect(aws.region()).rejects.toMatchObject({ code: 'aws.region-missing' }), {
      ...env,
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  test('none', async () => {
    await configured(
      (aws) =>
        expect(aws.region()).rejects.toMatchObject({
          code: 'aws.region-missing',
          message:
            'No AWS Region: --region, FEDCTL_REGION, AWS_REGION and AWS_DEFAULT_REGION are not set, and the profile "lost" has no Region.',
          remedy: 'Specify the Region with --region or AWS_REGION, for example eu-west-1.',
          exitCode: 3,
        }),
      { AWS_PROFILE: 'lost', AWS_EC2_METADATA_DISABLED: 'true' },
    );
  });

  test.each(['aws-global', 'aws-cn-global', 'aws-us-gov-global'])('%s', async (region) => {
    await configured(
      (aws) =>
        expect(aws.region()).rejects.toMatchObject({
          code: 'aws.region-global',
          message: `AWS_REGION specifies "${region}", the global endpoint, which mints no tokens.`,
          exitCode: 2,
        }),
      { AWS_REGION: region },
    );
  });

  test.each([
    ['evil.example/', ''],
    ['eu_west_1', ' (did you mean "eu-west-1"?)'],
    ['eu-west-1a', ' (did you mean "eu-west-1"?)'],
    ['us-gov-west-1B', ' (did you mean "us-gov-west-1"?)'],
    ['us-west-2-lax-1a', ' (did you mean "us-west-2"?)'],
    ['us-east-1-wl1-bos-wlz-1', ' (did you mean "us-east-1"?)'],
    ['euw1-az1', ''],
    ['eu-west', ''],
    ['-eu', ''],
    ['EU-WEST-1', ' (did you mean "eu-west-1"?)'],
    ['a\u001b[2J', '', 'a\u001b[2J'],
  ])('"%s" is none', async (region, hint, shown = region) => {
    await configured(
      (aws) =>
        expect(aws.region()).rejects.toMatchObject({
          code: 'aws.region-invalid',
          message: `--region specifies "${shown}", which is not an AWS Region name${hint}.`,
          exitCode: 2,
        }),
      {},
      { region },
    );
  });
});

describe('an unknown profile', () => {
  test('that was named, with the nearest', async () => {
    await configured(
      (aws) =>
        expect(aws.region()).rejects.toMatchObject({
          code: 'aws.profile-unknown',
          message: 'The AWS profile "prdo" from --profile does not exist; did you mean "prod"?',
          remedy: 'Use the suggested profile.',
          command: { kind: 'rerun', set: { '--profile': 'prod' }, drop: [] },
          details: { evidence: ['known profiles: default, lab, lost, open, prod'] },
          exitCode: 3,
        }),
      {},
      { profile: 'prdo' },
    );
  });

  test('of AWS_PROFILE, near nothing', async () => {
    await configured(
      (aws) =>
        expect(aws.credentials(new AbortController().signal)).rejects.toMatchObject({
          code: 'aws.profile-unknown',
          message: 'The AWS profile "something-else" from AWS_PROFILE does not exist.',
          remedy:
            'Specify one of the profiles that "aws configure list-profiles" prints, or add the profile to the AWS config file.',
          command: null,
        }),
      { AWS_PROFILE: 'something-else' },
    );
  });

  test('while the file cannot be read', async () => {
    await configured(
      async (aws, home) => {
        const config = join(home, '.aws', 'config');
        await rm(config);
        await mkdir(config);
        await expect(aws.region()).rejects.toMatchObject({
          code: 'aws.profile-unknown',
          details: { evidence: ['known profiles: prod', `Cannot read "${config}": it is a directory.`] },
        });
      },
      {},
      { profile: 'lab' },
    );
  });

  test('while the file is no config file', async () => {
    await configured(
      async (aws, home) => {
        await expect(aws.region()).rejects.toMatchObject({
          details: {
            evidence: [
              'known profiles: prod',
              `${home}/.aws/config has no section that AWS tools recognize, such as [default].`,
            ],
          },
        });
      },
      {},
      { profile: 'lab' },
      '{"profiles": []}',
    );
  });
});

describe('endpoint overrides', () => {
  const sts = (url: string, source: string) => ({ service: 'sts', url, source });
  const iam = (url: string, source: string) => ({ service: 'iam', url, source });
  const A = 'http://127.0.0.1:1';
  const B = 'https://b.example';

  test.each<[Record<string, string>, object[]]>([
    [{}, []],
    [{ AWS_ENDPOINT_URL: B }, [sts(B, 'AWS_ENDPOINT_URL'), iam(B, 'AWS_ENDPOINT_URL')]],
    [
      { AWS_ENDPOINT_URL_STS: A, AWS_ENDPOINT_URL: B },
      [sts(A, 'AWS_ENDPOINT_URL_STS'), iam(B, 'AWS_ENDPOINT_URL')],
    ],
    [
      { AWS_PROFILE: 'prod' },
      [sts('https://prod.example', 'profile "prod"'), iam('https://prod.example', 'profile "prod"')],
    ],
    [
      { AWS_PROFILE: 'lab', AWS_ENDPOINT_URL_IAM: B },
      [sts('http://127.0.0.1:4000', 'profile "lab"'), iam(B, 'AWS_ENDPOINT_URL_IAM')],
    ],
    [{ AWS_ENDPOINT_URL: B, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, []],
  ])('%j', async (env, expected) => {
    await configured(async (aws) => expect(await aws.endpointOverrides()).toEqual(expected), env);
  });

  test.each<[Record<string, string>, string, string]>([
    [
      { AWS_ENDPOINT_URL_STS: 'localhost' },
      'aws.endpoint-invalid',
      'The endpoint of AWS_ENDPOINT_URL_STS is not a valid URL.',
    ],
    [
      { AWS_ENDPOINT_URL: 'ftp://a.example' },
      'aws.endpoint-invalid',
      'The endpoint of AWS_ENDPOINT_URL starts with ftp: instead of https:.',
    ],
    [
      { AWS_ENDPOINT_URL: 'https://user:secret@a.example' },
      'aws.endpoint-invalid',
      'The endpoint of AWS_ENDPOINT_URL has a user name or a password.',
    ],
    [
      { AWS_PROFILE: 'open' },
      'aws.plaintext-refused',
      'profile "open" specifies http://open.example. fedctl does not send credentials to another machine without TLS.',
    ],
    [
      { AWS_ENDPOINT_URL_IAM: 'http://169.254.169.254:8099/' },
      'aws.plaintext-refused',
      'AWS_ENDPOINT_URL_IAM specifies http://169.254.169.254:8099. fedctl does not send credentials to another machine without TLS.',
    ],
    [
      { AWS_ENDPOINT_URL: 'http://[fd00:ec2::254]' },
      'aws.plaintext-refused',
      'AWS_ENDPOINT_URL specifies http://[fd00:ec2::254]. fedctl does not send credentials to another machine without TLS.',
    ],
  ])('%j is refused', async (env, code, message) => {
    await configured(
      (aws) => expect(aws.endpointOverrides()).rejects.toMatchObject({ code, message, exitCode: 2 }),
      env,
    );
  });

  test('a services section that is not there', async () => {
    await configured(
      (aws, home) =>
        expect(aws.endpointOverrides()).rejects.toMatchObject({
          code: 'aws.endpoint-invalid',
          message: `The profile "lost" specifies the services section "absent", which does not exist in ${home}/.aws/config.`,
        }),
      { AWS_PROFILE: 'lost' },
    );
  });
});

describe('what is worth telling', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };

  test.each<[Record<string, string>, Partial<AwsSettings>, string[]]>([
    [KEYS, {}, []],
    [{ AWS_PROFILE: 'prod' }, {}, []],
    [
      { ...KEYS, AWS_PROFILE: 'prod' },
      {},
      [
        'The credentials in the environment (AWS_ACCESS_KEY_ID) are used. The profile "prod" from AWS_PROFILE is ignored.',
      ],
    ],
    [
      { ...KEYS, AWS_PROFILE: 'lab' },
      { profile: 'prod' },
      ['The profile "prod" is used. The credentials in the environment (AWS_ACCESS_KEY_ID) are ignored.'],
    ],
  ])('%j %j', async (env, settings, expected) => {
    await configured(async (aws) => expect(await aws.notes()).toEqual(expected), env, settings);
  });

  test('a file that cannot be read', async () => {
    await configured(async (aws, home) => {
      const credentials = join(home, '.aws', 'credentials');
      await chmod(credentials, 0o000);
      const isRoot = process.getuid?.() === 0;
      expect(await aws.notes()).toEqual(
        isRoot ? [] : [`Cannot read "${credentials}": this user may not read it.`],
      );
    });
  });
});
