import { randomInt } from 'node:crypto';
import { Secret } from '../../lib/core/secret.ts';

const STEP_SECONDS = 30;
const DIGITS = 6;
/**
 * The maximum distance between the time step of a valid code and the current time step. Codes of neighboring
 * steps are valid because clocks differ, and because entering a code takes time (RFC 6238, 5.2).
 */
const WINDOW = 1;

const CODE = /^[0-9]{6}$/;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export type CodeVerdict = 'good' | 'wrong' | 'used';

/** A virtual MFA device. Generates TOTP codes (RFC 6238) with SHA-1, six digits and steps of 30 seconds. */
export class MfaDevice {
  /** The serial number, which is an ARN: `arn:aws:iam::A:mfa/N`. */
  readonly serial: string;
  readonly #seed: Secret;
  /** The time steps whose codes were already used. Each code can be used only once (RFC 6238, 5.2). */
  readonly #used = new Set<number>();

  /** @param seed the shared secret, in base32 (default: 160 random bits) */
  constructor(serial: string, seed: Secret = newSeed()) {
    this.serial = serial;
    this.#seed = seed;
  }

  /** The `otpauth://totp/…` URL for an authenticator app. It contains the secret. */
  get url(): Secret {
    const name = this.serial.split('/').at(-1) ?? '';
    const secret = this.#seed.reveal();
    return new Secret(
      `otpauth://totp/fedctl%20lab:${encodeURIComponent(name)}?issuer=fedctl%20lab&secret=${secret}` +
        `&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`,
    );
  }

  /** Returns the code that the device shows at this time. */
  async code(now: Date): Promise<string> {
    return (await this.#totp()).generate({ timestamp: now.getTime() });
  }

  /** Checks a code. Marks a valid code as used. */
  async check(code: string, now: Date): Promise<CodeVerdict> {
    // `validate` throws for a code with digits that are not ASCII, because such digits have more than one byte
    // in UTF-8.
    if (!CODE.test(code)) return 'wrong';
    const delta = (await this.#totp()).validate({ token: code, timestamp: now.getTime(), window: WINDOW });
    if (delta === null) return 'wrong';
    const step = Math.floor(now.getTime() / 1000 / STEP_SECONDS) + delta;
    if (this.#used.has(step)) return 'used';
    this.#used.add(step);
    return 'good';
  }

  async #totp() {
    const { TOTP } = await import('otpauth');
    const secret = this.#seed.reveal();
    return new TOTP({ algorithm: 'SHA1', digits: DIGITS, period: STEP_SECONDS, secret });
  }
}

function newSeed(): Secret {
  return new Secret(Array.from({ length: 32 }, () => BASE32[randomInt(BASE32.length)]).join(''));
}
