import { describe, expect, it } from 'vitest';
import { AWS_CLAIMS, AWS_NAMESPACE } from '../../../src/lib/jwt/claims.ts';
import { describeJwt } from '../../../src/lib/jwt/describe.ts';
import { principalInWords } from '../../../src/lib/jwt/principal.ts';
import { awsPayload, NOW, NOW_EPOCH } from '../../support/forge.ts';

function aws(claims: Record<string, unknown>) {
  const decoded = { header: {}, payload: { [AWS_NAMESPACE]: claims } };
  return describeJwt(decoded, NOW).aws.map(({ claim, words, lines }) => [claim, words, lines]);
}

describe('describeJwt', () => {
  it('knows every claim of the AWS documentation, and principal_id, which it leaves out', () => {
    // facts/aws.md 3.2
    expect([...AWS_CLAIMS.keys()].sort()).toEqual([
      'aws_account',
      'ec2_instance_source_private_ipv4',
      'ec2_instance_source_vpc',
      'ec2_role_delivery',
      'ec2_source_instance_arn',
      'federated_provider',
      'glue_credential_issuing_service',
      'identity_store_arn',
      'identity_store_user_id',
      'lambda_source_function_arn',
      'org_id',
      'original_session_exp',
      'ou_path',
      'principal_id',
      'principal_tags',
      'request_tags',
      'source_identity',
      'source_region',
    ]);
  });

  it('reads claims that come in two types', () => {
    const path = 'o-x/r-y/ou-z/';
    expect(aws({ ou_path: path })).toEqual(aws({ ou_path: [path] }));
    expect(aws({ ec2_role_delivery: 2 })).toEqual(aws({ ec2_role_delivery: '2' }));
  });

  it('shows what it does not know as it is, after what it knows', () => {
    expect(
      aws({ constructor: 1, new_claim: { a: [1] }, source_region: 'eu-west-1', aws_account: null }),
    ).toEqual([
      ['aws_account', 'account', ['null']],
      ['source_region', 'requested Region', ['eu-west-1']],
      ['constructor', null, ['1']],
      ['new_claim', null, ['{"a":[1]}']],
    ]);
  });

  it('says tags one to a line', () => {
    expect(aws({ principal_tags: { team: 'ops', Stage: 'prod' } })).toEqual([
      ['principal_tags', 'principal tags', ['team = ops', 'Stage = prod']],
    ]);
  });

  it('puts the claims into words', () => {
    const { standard, other, issuedAt, expiresAt } = describeJwt(
      { header: {}, payload: awsPayload({ nbf: NOW_EPOCH, nonce: 'n', [AWS_NAMESPACE]: 'odd' }) },
      NOW,
    );
    expect(standard.map(({ claim, lines }) => [claim, lines.at(-1)])).toEqual([
      ['iss', 'https://a1b2c3d4-0000-4000-8000-000000000001.tokens.sts.global.api.aws'],
      ['sub', 'the IAM role deployer under the path /outbound/ of account 123456789012'],
      ['aud', 'my-atlas'],
      ['iat', '2026-11-22T11:59:00Z, 1 min ago'],
      ['nbf', '2026-11-22T12:00:00Z, now'],
      ['exp', '2026-11-22T12:04:00Z, in 4 min'],
      ['jti', '0f3c2a10-0000-4000-8000-000000000002'],
    ]);
    expect(other.map(({ claim, lines }) => [claim, lines])).toEqual([
      [AWS_NAMESPACE, ['odd']],
      ['nonce', ['n']],
    ]);
    expect([issuedAt, expiresAt]).toEqual([
      new Date('2026-11-22T11:59:00Z'),
      new Date('2026-11-22T12:04:00Z'),
    ]);
  });

  it.each([
    ['2026-11-22T12:51:01Z', '2026-11-22T12:51:01Z, in 51 min 1 s'],
    ['2026-99-99T12:51:01Z', '2026-99-99T12:51:01Z'],
    ['tomorrow', 'tomorrow'],
    [1e300, '1e+300'],
  ])('reads the end of the session %j', (value, line) => {
    expect(aws({ original_session_exp: value })).toEqual([
      ['original_session_exp', 'session expires', [line]],
    ]);
  });
});

describe('principalInWords', () => {
  it.each([
    ['arn:aws:iam::123456789012:role/ci', 'the IAM role ci of account 123456789012'],
    [
      'arn:aws-cn:iam::123456789012:user/a/b/ann',
      'the IAM user ann under the path /a/b/ of account 123456789012',
    ],
    ['arn:aws:iam::123456789012:root', 'the root user of account 123456789012'],
    [
      'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Power_User_0123456789abcdef',
      'the permission set Power_User of IAM Identity Center in account 123456789012',
    ],
    [
      'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ExampleRole_0000000000000000',
      'the permission set ExampleRole of IAM Identity Center in account 123456789012',
    ],
    ['arn:aws:sts::123456789012:assumed-role/ci/session', null],
    ['joe', null],
  ])('reads %s', (arn, words) => {
    expect(principalInWords(arn)).toBe(words);
  });
});
