import { accessDenied } from './aws-error.ts';
import type { Caller } from './identities.ts';
import type { QueryParameters } from './query.ts';
import { LIMITS, type Validation } from './validation.ts';

/** The parameters SerialNumber and TokenCode. */
export interface MfaInput {
  readonly serialNumber: string | undefined;
  readonly tokenCode: string | undefined;
}

export function readMfa(parameters: QueryParameters, validation: Validation): MfaInput {
  const serialNumber = parameters.text('SerialNumber');
  const tokenCode = parameters.text('TokenCode');
  validation.optional(serialNumber, 'serialNumber', LIMITS.MFA_SERIAL);
  validation.optional(tokenCode, 'tokenCode', LIMITS.MFA_CODE);
  return { serialNumber, tokenCode };
}

/**
 * Checks a code from the caller's own MFA device, and marks the code as used. The error messages come from
 * reports by users, because the AWS documentation does not contain these messages (facts/aws.md 6).
 *
 * @returns true if the request contains a valid code; false if the request contains no code
 * @throws AwsError AccessDenied
 */
export async function verifyMfa(
  { serialNumber, tokenCode }: MfaInput,
  { principal, session }: Caller,
  now: Date,
): Promise<boolean> {
  if (serialNumber === undefined && tokenCode === undefined) return false;
  if (serialNumber === undefined || tokenCode === undefined) {
    throw accessDenied(
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    );
  }
  const device = principal.kind === 'user' && session === null ? principal.mfaDevice : null;
  if (device?.serial !== serialNumber) {
    throw accessDenied(
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid ' +
        'and associated with this user.',
      device === null ? 'the caller has no MFA device' : `the MFA device of the caller is ${device.serial}`,
    );
  }
  const verdict = await device.check(tokenCode, now);
  if (verdict === 'good') return true;
  throw accessDenied(
    'MultiFactorAuthentication failed with invalid MFA one time pass code.',
    verdict === 'used'
      ? `the code was used before; each code of ${device.serial} can be used once`
      : `the code does not match the current code of ${device.serial}`,
  );
}
