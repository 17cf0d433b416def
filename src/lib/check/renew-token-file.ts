import type { CheckTarget } from '../core/check-target.ts';
import { fedctl } from '../core/command-line.ts';
import { isFedctlError } from '../core/errors.ts';
import type { MintedToken } from '../core/token.ts';
import type { FailureCode } from '../failures/failures.ts';

/**
 * Failures that a new token in the file fixes. Failures for a wrong subject or issuer are not in the list,
 * because the new token has the same subject and issuer.
 */
const MENDED: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'mongo.token-file-unusable',
  'mongo.token-file.white-space',
  'jwt.expired',
  'jwt.signature-invalid',
  'jwt.key-unknown',
  'jwt.audience-mismatch',
]);

/**
 * Returns the audience for the new token: the audience of the target or, if the target has none, the audience
 * of the current token.
 */
export function audienceOf({ audience }: CheckTarget, token: MintedToken): string | null {
  return audience ?? token.audience[0] ?? null;
}

/**
 * Adds a command to the failure. The command writes a new token for the same principal to the token file.
 *
 * @returns the failure unchanged if a new token does not fix it, or if the audience is unknown
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
    remedy:
      failure.code === 'mongo.token-file.white-space'
        ? 'Write a new token to the file, without a newline or other white space.'
        : 'Write a new token to the file. Then find out why the file was not renewed.',
    command: fedctl(['token', '--audience', audience, ...assumed, '--out', tokenFile]),
  });
}
