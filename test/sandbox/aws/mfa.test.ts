import { GetOutboundWebIdentityFederationInfoCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import type { MfaDevice } from '../../../src/sandbox/aws/mfa-device.ts';
import { type LabUnderTest, OWN_ACCOUNT, refusalOf, startLabAws } from '../../support/lab-aws.ts';

const ROLE = 'arn:aws:iam::123456789012:role/mfa';
const USER_ARN = 'arn:aws:iam::123456789012:user/mfa-user';
const SERIAL = 'arn:aws:iam::123456789012:mfa/mfa-user';

// Each test spends codes of its own device.
let lab: LabUnderTest;
beforeEach(async () => {
  lab = await startLabAws();
});
afterEach(() => lab.aws.close());

const user = () => lab.world.user('mfa-user');

function device(): MfaDevice {
  const { mfaDevice } = user();
  if (mfaDevice === null) throw new Error('no device');
  return mfaDevice;
}

async function code() {
  return { SerialNumber: SERIAL, TokenCode: await device().code(lab.now()) };
}

async function getSession(mfa: { SerialNumber?: string; TokenCode?: string } = {}, keys: LabUser = user()) {
  return lab.session(await lab.sts(keys).send(new GetSessionTokenCommand(mfa)));
}

function assume(mfa: { SerialNumber?: string; TokenCode?: string }, keys: LabUser | LabSession = user()) {
  return lab.sts(keys).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'job-1', ...mfa }));
}

const denied = (message: string) => ({ name: 'AccessDenied', code: 'AccessDenied', status: 403, message });
const WRONG_CODE = denied('MultiFactorAuthentication failed with invalid MFA one time pass code.');
const UNKNOWN_DEVICE = denied(
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid ' +
    'and associated with this user.',
);
const NOT_TRUSTED = denied(
  `User: ${USER_ARN} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
);

describe('a role that wants MFA', () => {
  test('is assumed with the code that the device shows', async () => {
    const { AssumedRoleUser, Credentials } = await assume(await code());
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/mfa/job-1');
    // Temporary credentials of AssumeRole say nothing of MFA afterwards.
    expect(lab.session({ Credentials }).mfa).toBe(false);
  });

  test('is refused without a code, in the sentence of every refusal', async () => {
    expect(await refusalOf(assume({}))).toEqual(NOT_TRUSTED);
    expect(lab.lastEntry()?.reason).toBe(
      'AccessDenied: no trust policy allows sts:AssumeRole on arn:aws:iam::123456789012:role/mfa; statement 1 of trust policy mfa requires aws:MultiFactorAuthPresent Bool "true", and the request has no such key',
    );
  });

  test('is refused with a code that was used, or with one digit changed', async () => {
    const good = await code();
    await assume(good);
    expect(await refusalOf(assume(good))).toEqual(WRONG_CODE);
    expect(lab.lastEntry()?.reason).toBe(
      `AccessDenied: the code was used before; each code of ${SERIAL} can be used once`,
    );
    const last = (Number(good.TokenCode.at(-1)) + 1) % 10;
    const other = { ...good, TokenCode: good.TokenCode.slice(0, -1) + String(last) };
    expect(await refusalOf(assume(other))).toEqual(WRONG_CODE);
    expect(lab.lastEntry()?.reason).toBe(
      `AccessDenied: the code does not match the current code of ${SERIAL}`,
    );
  });

  test('is assumed from a session that was got with a code, and from no other', async () => {
    await assume({}, await getSession(await code()));
    expect(await refusalOf(assume({}, await getSession()))).toEqual(NOT_TRUSTED);
  });

  test('wants the device of the caller', async () => {
    expect(await refusalOf(assume({ ...(await code()), SerialNumber: `${SERIAL}2` }))).toEqual(
      UNKNOWN_DEVICE,
    );
    expect(lab.lastEntry()?.reason).toBe(`AccessDenied: the MFA device of the caller is ${SERIAL}`);
    expect(await refusalOf(assume(await code(), lab.world.user('operator')))).toEqual(UNKNOWN_DEVICE);
    expect(await refusalOf(assume(await code(), await getSession()))).toEqual(UNKNOWN_DEVICE);
    expect(lab.lastEntry()?.reason).toBe('AccessDenied: the caller has no MFA device');
  });

  test('wants serial number and code together, each in its form', async () => {
    const { SerialNumber, TokenCode } = await code();
    const both = denied(
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    );
    expect(await refusalOf(assume({ SerialNumber }))).toEqual(both);
    expect(await refusalOf(assume({ TokenCode }))).toEqual(both);
    expect(await refusalOf(assume({ SerialNumber, TokenCode: '12345x7' }))).toMatchObject({
      code: 'ValidationError',
      message:
        "2 validation errors detected: Value '12345x7' at 'tokenCode' failed to satisfy constraint: Member must have " +
        "length less than or equal to 6; Value '12345x7' at 'tokenCode' failed to satisfy constraint: Member must " +
        'satisfy regular expression pattern: [\\d]*',
    });
  });
});

describe('GetSessionToken', () => {
  test('takes a code, and its session may call IAM then', async () => {
    lab.world.setFederation(OWN_ACCOUNT, true);
    const info = (keys: LabSession) => lab.iam(keys).send(new GetOutboundWebIdentityFederationInfoCommand());
    const session = await getSession(await code());
    expect(session.mfa).toBe(true);
    expect((await info(session)).JwtVendingEnabled).toBe(true);
    expect(await refusalOf(info(await getSession()))).toMatchObject({ code: 'InvalidClientTokenId' });
  });

  test('refuses a wrong code, also where none was needed', async () => {
    const { TokenCode } = await code();
    const wrong = { SerialNumber: SERIAL, TokenCode: TokenCode === '000000' ? '000001' : '000000' };
    expect(await refusalOf(getSession(wrong))).toEqual(WRONG_CODE);
  });

  test('takes an old code no longer', async () => {
    const old = await code();
    lab.clock.offset = 90_000;
    expect(await refusalOf(getSession(old))).toEqual(WRONG_CODE);
  });
});
