import { FedctlError } from '../core/errors.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { ROLE_VALUES } from '../core/role-values.ts';
import type { Secret } from '../core/secret.ts';
import type { AwsSettings } from '../ports/aws.ts';

/** The parameters that prove possession of an MFA device in an STS call. */
export interface MfaProof {
  readonly serialNumber: string;
  readonly tokenCode: Secret;
}

/**
 * Validates the serial number of an MFA device.
 *
 * @throws FedctlError usage.invalid-value
 */
export function validateMfaSerial(serial: string): void {
  const { accepts, expected } = ROLE_VALUES.mfaSerial;
  if (accepts(serial)) return;
  throw invalidValue('--mfa-serial', { expected });
}

/**
 * Prompts for the current code of an MFA device. Call this function immediately before the STS request,
 * because a code is valid for 30 seconds and can be used only once.
 *
 * @param mfaCode a function that prompts for the code; undefined if no prompt is possible
 * @param what the part of the error message before the name of the device: `The role R requires a code from`
 * @param again the command that prompts for the code in a terminal
 * @throws FedctlError aws.mfa-needed if no prompt is possible or no code was entered; Interruption on Ctrl-C
 */
export async function proveMfa(
  mfaCode: AwsSettings['mfaCode'],
  serialNumber: string,
  what: string,
  again: string,
): Promise<MfaProof> {
  const device = `the MFA device ${serialNumber}`;
  const details = { mfaSerial: serialNumber };
  if (mfaCode === undefined) {
    throw new FedctlError('aws.mfa-needed', {
      message: `${what} ${device}.`,
      remedy: `Run ${again} in a terminal to enter the code. Then run the original command again.`,
      details,
    });
  }
  const tokenCode = await mfaCode(serialNumber);
  if (tokenCode !== null) return { serialNumber, tokenCode };
  throw new FedctlError('aws.mfa-needed', {
    message: `${what} ${device}, but no code was entered.`,
    likelyCause: 'The prompt for the code was not answered.',
    remedy: 'Repeat the command and enter the six digits that the device shows.',
    details,
  });
}
