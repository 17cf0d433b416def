import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  awsConfigFile,
  awsCredentialsFile,
  exportLines,
  insideLab,
  type LabProfile,
} from '../../src/sandbox/environment.ts';

describe('the environment inside the lab', () => {
  test('inherits nothing that names AWS, Atlas, fedctl or a token file', () => {
    const outside = {
      PATH: '/usr/bin',
      LANG: 'C.UTF-8',
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'real',
      AWS_ENDPOINT_URL: 'https://real.example',
      FEDCTL_URI: 'mongodb+srv://real.example/',
      FEDCTL_PROFILE: 'production',
      MONGODB_ATLAS_PRIVATE_API_KEY: 'real',
      AZURE_FEDERATED_TOKEN_FILE: '/real',
      OIDC_TOKEN_FILE: '/real',
      HTTPS_PROXY: 'http://proxy.example:3128',
      NO_PROXY: '.internal',
    };
    expect(insideLab(outside, { AWS_REGION: 'eu-central-1' }, '/lab/bin')).toEqual({
      PATH: '/lab/bin:/usr/bin',
      LANG: 'C.UTF-8',
      HTTPS_PROXY: 'http://proxy.example:3128',
      NO_PROXY: '.internal,localhost,127.0.0.1,::1,[::1],169.254.169.254,169.254.170.2,169.254.170.23',
      no_proxy: 'localhost,127.0.0.1,::1,[::1],169.254.169.254,169.254.170.2,169.254.170.23',
      AWS_REGION: 'eu-central-1',
    });
  });

  test('is printed so that a shell reads it back', () => {
    const lines = exportLines({ FEDCTL_URI: "mongodb://h/?a=1&b='$x`", AWS_REGION: null });
    expect(lines).toBe("export FEDCTL_URI='mongodb://h/?a=1&b='\\''$x`'\nunset AWS_REGION\n");
    const script = `${lines}printf %s "$FEDCTL_URI"`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe("mongodb://h/?a=1&b='$x`");
  });

  test('has AWS files with a section for each profile', () => {
    const profiles: readonly LabProfile[] = [
      { name: 'default', accessKeyId: 'AKIA1', secretAccessKey: 'one' },
      {
        name: 'etl',
        roleArn: 'arn:aws:iam::1:role/x/etl',
        sessionName: 's',
        sourceProfile: 'default',
        externalId: 'e',
      },
    ];
    expect(awsConfigFile('eu-central-1', profiles)).toBe(
      `[default]
region = eu-central-1

[profile etl]
region = eu-central-1
role_arn = arn:aws:iam::1:role/x/etl
role_session_name = s
source_profile = default
external_id = e
`,
    );
    expect(awsCredentialsFile(profiles)).toBe(
      '[default]\naws_access_key_id = AKIA1\naws_secret_access_key = one\n',
    );
  });
});
