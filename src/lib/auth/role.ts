import type { Context } from '../context.ts';
import type { AwsSettings } from '../ports.ts';

/** A role to assume before anything else is done: `--role-arn`, `--external-id`, `--session-name`. */
export interface RoleToAssume {
  readonly roleArn: string;
  readonly externalId: string | null;
  readonly sessionName: string | null;
}

/**
 * The settings with which everything after runs as the role: assumes it once and carries its credentials
 * (provider `assumed-role`).
 *
 * @throws FedctlError sts.assume-denied and whatever finding the caller's own credentials throws
 */
export async function asRole(
  _context: Context,
  _settings: AwsSettings,
  _role: RoleToAssume,
): Promise<AwsSettings> {
  throw new Error('not built yet');
}
