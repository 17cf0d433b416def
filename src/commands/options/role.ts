import type { RoleToAssume } from '../../lib/auth/role.ts';
import { type Flag, rerun } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { type OptionValues, text } from './option.ts';

/** The options of commands that can assume a role. */
export const ROLE_OPTIONS = {
  roleArn: text('--role-arn <arn>', 'Role to assume'),
  externalId: text('--external-id <id>', 'External ID that the role requires'),
  sessionName: text('--session-name <name>', 'Name of the role session (default: fedctl-<user>)'),
  mfaSerial: text('--mfa-serial <arn>', 'MFA device that the role requires; fedctl prompts for the code'),
} as const;

/**
 * Returns the role to assume. Returns null if --role-arn is absent.
 *
 * @throws FedctlError usage.invalid-command-line for an external ID, a session name or an MFA device without
 * a role
 */
export function roleToAssume(values: OptionValues<typeof ROLE_OPTIONS>): RoleToAssume | null {
  const { roleArn, externalId, sessionName, mfaSerial } = values;
  if (roleArn === null) {
    if (externalId !== null) throw belongsToRole('--external-id');
    if (sessionName !== null) throw belongsToRole('--session-name');
    if (mfaSerial !== null) throw belongsToRole('--mfa-serial');
    return null;
  }
  return { roleArn, externalId, sessionName, mfaSerial };
}

/** Creates the failure for an option that has no effect without a role. */
export function belongsToRole(option: Flag): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: `${option} requires --role-arn.`,
    likelyCause: 'The option applies only to the session of an assumed role.',
    remedy: `Add --role-arn <arn>, or remove ${option}.`,
    command: rerun({ drop: [option] }),
    option,
    details: { needs: '--role-arn' },
  });
}
