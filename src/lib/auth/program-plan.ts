import { FedctlError, type Warning } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { parseConnectionString } from '../uri/connection-string.ts';
import { chooseMechanisms, type MECHANISM_NAMES } from '../uri/mechanism.ts';
import { type ProgramUri, programUri, type TokenEnvironment } from '../uri/program-uri.ts';

/** The login mechanism of a program: one of the values of --mechanism. */
type ProgramMechanism = (typeof MECHANISM_NAMES)[number];

/** A request to run a program. */
export interface ProgramRequest {
  readonly command: string;
  /** The arguments of the program. `{uri}` is replaced with the connection string. */
  readonly args: readonly string[];
  readonly uri: string | null;
  readonly mechanism: ProgramMechanism | null;
  /**
   * The default mechanism, which is used if neither the request nor the connection string specifies a
   * mechanism.
   */
  readonly otherwise: ProgramMechanism;
  readonly environment: TokenEnvironment;
  readonly audience: string | null;
}

/** The program to run, and its login data. */
export interface ProgramPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** The value of MONGODB_URI for the program; null if no connection string was specified. */
  readonly uri: string | null;
  /** The login data: a token file for this audience, or session credentials. */
  readonly login: { readonly kind: 'token'; readonly audience: string } | { readonly kind: 'credentials' };
  readonly warnings: readonly Warning[];
}

const PLACEHOLDER = '{uri}';

/**
 * Determines the arguments, the connection string and the login data for a program. Makes no network calls.
 *
 * @throws FedctlError usage.missing-uri, usage.missing-audience, exec.secret-in-arguments,
 * mongo.mechanism-conflict; the failures of `parseConnectionString`
 */
export function planProgram(request: ProgramRequest): ProgramPlan {
  const { command, args, audience } = request;
  const read = request.uri === null ? null : loginUri(request.uri, request);
  const mechanism = read?.mechanism ?? MECHANISM[request.mechanism ?? request.otherwise];
  if (args.some((arg) => arg.includes(PLACEHOLDER))) {
    if (read === null) throw missingUri();
    if (read.holdsSecret) throw secretInArguments();
  }
  return {
    command,
    args: read === null ? args : args.map((arg) => arg.replaceAll(PLACEHOLDER, () => read.uri)),
    uri: read?.uri ?? null,
    login:
      mechanism === 'MONGODB-AWS' ? { kind: 'credentials' } : { kind: 'token', audience: given(audience) },
    warnings: read?.warnings ?? [],
  };
}

const MECHANISM = { oidc: 'MONGODB-OIDC', aws: 'MONGODB-AWS' } as const;

/** A connection string with its mechanism. */
export interface LoginUri extends ProgramUri {
  readonly mechanism: Mechanism;
}

/**
 * Returns the connection string for a program. The requested mechanism takes precedence over the mechanism of
 * the connection string. If neither is given, the program uses the mechanism `otherwise`.
 *
 * @throws FedctlError mongo.mechanism-conflict; the failures of `parseConnectionString`
 */
export function loginUri(
  text: string,
  {
    mechanism: asked,
    otherwise,
    environment,
  }: Pick<ProgramRequest, 'mechanism' | 'otherwise' | 'environment'>,
): LoginUri {
  const { namedMechanism } = parseConnectionString(text);
  const chosen = chooseMechanisms(asked ?? (namedMechanism === null ? otherwise : null), namedMechanism);
  const mechanism = chosen.mechanisms[0] ?? 'MONGODB-OIDC';
  const read = programUri(text, mechanism, environment);
  return { ...read, mechanism, warnings: [...read.warnings, ...chosen.warnings] };
}

function given(audience: string | null): string {
  if (audience !== null) return audience;
  throw new FedctlError('usage.missing-audience', {
    message: 'No audience was given, so no token can be minted.',
    remedy: 'Add --audience <audience>, or --mechanism aws for session credentials.',
  });
}

function missingUri(): FedctlError {
  return new FedctlError('usage.missing-uri', {
    message: `An argument of the program contains ${PLACEHOLDER}, but no connection string was given.`,
    remedy: "Add --uri 'mongodb+srv://<host>/', or set FEDCTL_URI.",
  });
}

function secretInArguments(): FedctlError {
  return new FedctlError('exec.secret-in-arguments', {
    message: 'The connection string contains a secret, so it cannot be an argument of the program.',
  });
}
