import type { CheckTarget } from '../core/check-target.ts';
import { fedctl } from '../core/command-line.ts';
import { isFedctlError } from '../core/errors.ts';
import type { MintedToken } from '../core/token.ts';
import type { FailureCode } from '../failures/failures.ts';

/** What a new token in the file mends. Another subject, issuer or audience is somebody else's doing. */
const MENDED: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'mongo.token-file-unusable',
  'mongo.token-file.white-space',
  'jwt.expired',
  'jwt.signature-invalid',
  'jwt.key-unknown',
  'jwt.audience-mismatch',
]);

/** The audience that the token should have: as the target says, else as the token itself does. */
export function audienceOf({ audience }: CheckTarget, token: MintedToken): string | null {
  return audience ?? token.audience[0] ?? null;
}

/**
 * Adds to a failure of a token file the command that writes a new token to it, as the same principal.
 *
 * @returns the failure as it was where a new token does not mend it, or nobody knows the audience
 */
export function renewable<Failure>(failure: Failure, target: CheckTarget, audience: string | null) {
  const { tokenFile, role } = target;
  if (!isFedctlError(failure) || !MENDED.has(failure.code)) return failure;
  if (tokenFile === null || tokenFile === '-' || audience === null) return failure;
  const given = [
    ['--role-arn', role?.roleArn],
    ['--external-id', role?.externalId],
    ['--session-name', role?.sessionName],
    ['--mfa-serial', role?.mfaSerial],
  ];
  const assumed = given.flatMap(([flag, value]) => (flag && value ? [flag, value] : []));
  return failure.with({
    remedy: 'Write a new token to the file, and find out why the program that renews it did not.',
    command: fedctl(['token', '--audience', audience, ...assumed, '--out', tokenFile]),
  });
}
