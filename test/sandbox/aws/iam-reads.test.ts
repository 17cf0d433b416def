import {
  GetRoleCommand,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRoleTagsCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LabUnderTest, OWN_ACCOUNT, refusalOf, startLabAws } from '../../support/lab-aws.ts';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
afterAll(() => lab.aws.close());

const CREATED = new Date('2024-01-01T00:00:00Z');
const operator = () => lab.iam(lab.world.user('operator'));

it('describes a role with its path, its trust policy and its longest session', async () => {
  const { Role } = await operator().send(new GetRoleCommand({ RoleName: 'etl' }));
  const { AssumeRolePolicyDocument = '', ...rest } = Role ?? {};
  expect(rest).toEqual({
    Path: '/team/data/',
    RoleName: 'etl',
    RoleId: lab.world.role('etl').id,
    Arn: 'arn:aws:iam::123456789012:role/team/data/etl',
    CreateDate: CREATED,
    MaxSessionDuration: 43_200,
    Tags: [
      { Key: 'Team', Value: 'data' },
      { Key: 'Stage', Value: 'lab' },
    ],
  });
  expect(JSON.parse(decodeURIComponent(AssumeRolePolicyDocument))).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::123456789012:user/operator', 'arn:aws:iam::123456789012:role/app'] },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'sts:ExternalId': 'lab-external-id' } },
      },
    ],
  });
  expect(await operator().send(new ListRoleTagsCommand({ RoleName: 'etl' }))).toMatchObject({
    Tags: [
      { Key: 'Team', Value: 'data' },
      { Key: 'Stage', Value: 'lab' },
    ],
    IsTruncated: false,
  });
});

it('refuses a role that does not exist, and a caller without permission', async () => {
  expect(await refusalOf(operator().send(new GetRoleCommand({ RoleName: 'none' })))).toEqual({
    name: 'NoSuchEntityException',
    code: 'NoSuchEntity',
    status: 404,
    message: 'The role with name none cannot be found.',
  });
  const denied = await refusalOf(
    lab.iam(lab.world.user('no-mint')).send(new GetRoleCommand({ RoleName: 'app' })),
  );
  expect(denied).toMatchObject({
    code: 'AccessDenied',
    message: expect.stringContaining(
      'User: arn:aws:iam::123456789012:user/no-mint is not authorized to perform: iam:GetRole on resource: arn:aws:iam::123456789012:role/app because no identity-based policy allows the iam:GetRole action',
    ),
  });
});

it('lists the MFA devices and the access keys of a user, and the identity providers of the account', async () => {
  const user = lab.world.user('mfa-user');
  expect(await operator().send(new ListMFADevicesCommand({ UserName: 'mfa-user' }))).toMatchObject({
    MFADevices: [{ UserName: 'mfa-user', SerialNumber: user.mfaDevice?.serial, EnableDate: CREATED }],
  });
  expect(await operator().send(new ListMFADevicesCommand())).toMatchObject({ MFADevices: [] });
  expect(await operator().send(new ListAccessKeysCommand({ UserName: 'mfa-user' }))).toMatchObject({
    AccessKeyMetadata: [
      { UserName: 'mfa-user', AccessKeyId: user.accessKeyId, Status: 'Active', CreateDate: CREATED },
    ],
  });
  const { arn } = lab.world.trustIssuer({
    accountId: OWN_ACCOUNT,
    issuer: 'https://issuer.example',
    audiences: ['x'],
    roles: [],
  });
  expect(await operator().send(new ListOpenIDConnectProvidersCommand())).toMatchObject({
    OpenIDConnectProviderList: [{ Arn: arn }],
  });
});

it('simulates what the policies of a principal decide', async () => {
  const simulated = await operator().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: lab.world.role('app').arn,
      ActionNames: ['sts:GetWebIdentityToken', 'iam:GetRole'],
    }),
  );
  expect(
    simulated.EvaluationResults?.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]),
  ).toEqual([
    ['sts:GetWebIdentityToken', 'allowed'],
    ['iam:GetRole', 'implicitDeny'],
  ]);
});

it('names the account of an access key', async () => {
  const sts = lab.sts(lab.world.user('no-mint'));
  const { accessKeyId } = lab.world.user('org-operator');
  expect(await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: accessKeyId }))).toMatchObject({
    Account: '210987654321',
  });
  expect(
    await refusalOf(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAUNKNOWNUNKNOWN00' }))),
  ).toMatchObject({
    code: 'ValidationError',
    message: 'Invalid Access Key: AKIAUNKNOWNUNKNOWN00',
  });
});
