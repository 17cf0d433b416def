import type { Credentials } from '../core/credentials.ts';
import { dotenv } from './dotenv.ts';
import { credentialProcessOutput } from './process-output.ts';
import { cmdStatements, fishStatements, posixStatements, powershellStatements } from './shells.ts';
import { credentialVariables } from './variables.ts';

/** Credentials and the ARN of their principal. The fifth field of the ARN is the account ID. */
export interface Principal {
  readonly credentials: Credentials;
  readonly arn: string;
}

/** The formats that are printed as text. */
export const TEXT_FORMATS = {
  env: ({ credentials }) => posixStatements(credentialVariables(credentials)),
  fish: ({ credentials }) => fishStatements(credentialVariables(credentials)),
  powershell: ({ credentials }) => powershellStatements(credentialVariables(credentials)),
  cmd: ({ credentials }) => cmdStatements(credentialVariables(credentials)),
  dotenv: ({ credentials }) => dotenv(credentialVariables(credentials)),
  process: ({ credentials, arn }) => credentialProcessOutput(credentials, arn.split(':')[4] || null),
} as const satisfies Readonly<Record<string, (principal: Principal) => string>>;

/**
 * All values of `credentials --format`. `json` prints the result of the command as a JSON document.
 * `github-env` appends the variables to the file whose path is in GITHUB_ENV.
 */
export const CREDENTIAL_FORMATS = [
  'env',
  'fish',
  'powershell',
  'cmd',
  'dotenv',
  'json',
  'process',
  'github-env',
] as const satisfies readonly (keyof typeof TEXT_FORMATS | 'json' | 'github-env')[];
