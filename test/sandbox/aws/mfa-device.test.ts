import { URI } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/lib/core/secret.ts';
import { MfaDevice } from '../../../src/sandbox/aws/mfa-device.ts';

/** RFC 6238, appendix B: the ASCII text 12345678901234567890, here in base32. */
const RFC_SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const SERIAL = 'arn:aws:iam::123456789012:mfa/mfa-user';

const device = () => new MfaDevice(SERIAL, new Secret(RFC_SEED));
const at = (seconds: number) => new Date(seconds * 1000);

describe('an MFA device', () => {
  /** The SHA-1 column of the appendix, whose codes have eight digits: a device shows the last six. */
  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('shows at %d s the code of RFC 6238, and takes it', async (seconds, vector) => {
    expect(await device().code(at(seconds))).toBe(vector.slice(2));
    expect(await device().check(vector.slice(2), at(seconds))).toBe('good');
  });

  test('takes the codes of the steps beside it, and none further off', async () => {
    const now = 1_234_567_890;
    const verdicts = [];
    for (const offset of [-60, -30, 0, 30, 60]) {
      verdicts.push(await device().check(await device().code(at(now + offset)), at(now)));
    }
    expect(verdicts).toEqual(['wrong', 'good', 'good', 'good', 'wrong']);
  });

  test('takes each code once, also in the next step, and the codes after it', async () => {
    const one = device();
    const code = await one.code(at(30));
    expect(await one.check(code, at(30))).toBe('good');
    expect(await one.check(code, at(31))).toBe('used');
    expect(await one.check(code, at(60))).toBe('used');
    expect(await one.check(await one.code(at(60)), at(60))).toBe('good');
  });

  test.each(['', '12345', '1234567', 'abcdef', '２８７０８２'])('takes nothing else: %j', async (code) => {
    expect(await device().check(code, at(59))).toBe('wrong');
  });

  test('a code with one digit changed is wrong', async () => {
    expect(await device().check('287083', at(59))).toBe('wrong');
  });

  test('tells an authenticator its secret, and nobody else', () => {
    const { url } = device();
    expect(url.reveal()).toBe(
      `otpauth://totp/fedctl%20lab:mfa-user?issuer=fedctl%20lab&secret=${RFC_SEED}&algorithm=SHA1&digits=6&period=30`,
    );
    expect(URI.parse(url.reveal()).toString()).toContain(RFC_SEED);
    expect(JSON.stringify(device())).toBe(`{"serial":"${SERIAL}"}`);
  });

  test('has a secret of its own', () => {
    expect(new MfaDevice(SERIAL).url.reveal()).toMatch(/secret=[A-Z2-7]{32}&/);
    expect(new MfaDevice(SERIAL).url.reveal()).not.toBe(new MfaDevice(SERIAL).url.reveal());
  });
});
