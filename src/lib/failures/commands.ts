import { fedctl, HELP, MORE_TIME, rerun, type SuggestedCommand } from '../core/command-line.ts';
import type { FailureCode } from './failures.ts';

/** The login options that the commands `check` and `connect` share. */
const OF_A_LOGIN = [
  '--uri',
  '--audience',
  '--mechanism',
  '--token-file',
  '--role-arn',
  '--external-id',
  '--session-name',
  '--mfa-serial',
  '--signing-algorithm',
  '--duration',
  '--write-probe',
  '--dns-server',
] as const;

const CHECK = fedctl(['check'], { keep: OF_A_LOGIN });

/**
 * The default suggested commands of failures. If a command depends on the details of the failure, the code
 * that throws the failure provides the command.
 */
export const COMMANDS: Readonly<Partial<Record<FailureCode, SuggestedCommand>>> = {
  'usage.unknown-command': fedctl(['--help']),
  'usage.unknown-option': HELP,
  'usage.invalid-command-line': HELP,
  'usage.invalid-value': HELP,
  'usage.nothing-to-check': fedctl(['check', '--list']),
  'aws.timeout': MORE_TIME,
  'sts.federation-disabled': fedctl(['enable'], { unless: ['--role-arn'] }),
  'sts.session-too-short': rerun({ set: { '--duration': '1m' } }),
  'sts.session-credentials': fedctl(['credentials']),
  'sts.duration-refused': rerun({ set: { '--duration': '1h' } }),
  'iam.propagation-timeout': fedctl(['enable', '--wait-timeout', '3m'], { unless: ['--role-arn'] }),
  'mongo.mechanism-unavailable': rerun({
    set: { '--mechanism': 'aws' },
    drop: ['--token-file', '--issuer', '--signing-algorithm', '--duration'],
  }),
  'mongo.oidc-refused': CHECK,
  'mongo.aws-refused': CHECK,
  'mongo.atlas-auth-error': CHECK,
  'mongo.tls-refused': CHECK,
  'mongo.reauthentication-unseen': rerun({ set: { '--soak': '3m' } }),
  'mongo.auth-timeout': MORE_TIME,
  'atlas.url-invalid': rerun({ set: { '--atlas-url': 'https://cloud.mongodb.com' } }),
  'atlas.plaintext-refused': rerun({ set: { '--atlas-url': 'https://cloud.mongodb.com' } }),
  'atlas.timeout': MORE_TIME,
};
