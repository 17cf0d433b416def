import { rerun } from '../core/command-line.ts';
import { FedctlError, type Warning } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';

/** The short names of MONGODB-OIDC and MONGODB-AWS. */
export const MECHANISM_NAMES = ['oidc', 'aws'] as const;

/** The values of `--mechanism` for commands that log in. */
export const MECHANISM_CHOICES = [...MECHANISM_NAMES, 'both'] as const;
export type MechanismChoice = (typeof MECHANISM_CHOICES)[number];

const MECHANISMS: Readonly<Record<MechanismChoice, readonly Mechanism[]>> = {
  oidc: ['MONGODB-OIDC'],
  aws: ['MONGODB-AWS'],
  both: ['MONGODB-OIDC', 'MONGODB-AWS'],
};

/**
 * Returns the mechanisms for the login: the value of --mechanism or, if --mechanism is not set, the mechanism
 * in the connection string. The default is MONGODB-OIDC.
 *
 * @param named authMechanism in the connection string, in uppercase
 * @throws FedctlError mongo.mechanism-conflict
 */
export function chooseMechanisms(
  flag: MechanismChoice | null,
  named: string | null,
): { readonly mechanisms: readonly Mechanism[]; readonly warnings: readonly Warning[] } {
  const spoken = MECHANISMS.both.find((each) => each === named);
  if (flag === null) {
    return { mechanisms: [spoken ?? 'MONGODB-OIDC'], warnings: notSpoken(named, spoken) };
  }
  const mechanisms = MECHANISMS[flag];
  if (named !== null && (spoken === undefined || !mechanisms.includes(spoken))) throw conflict(flag, named);
  return { mechanisms, warnings: [] };
}

function notSpoken(named: string | null, spoken: Mechanism | undefined): Warning[] {
  if (named === null || spoken !== undefined) return [];
  return [
    {
      code: 'mongo.uri.mechanism-ignored',
      message: `authMechanism=${named} is ignored: fedctl supports MONGODB-OIDC and MONGODB-AWS.`,
      remedy: 'Remove authMechanism from the connection string.',
    },
  ];
}

function conflict(flag: MechanismChoice, named: string): FedctlError {
  return new FedctlError('mongo.mechanism-conflict', {
    message: `--mechanism is ${flag}, but the connection string has authMechanism=${named}.`,
    command: rerun({ drop: ['--mechanism'] }),
    option: '--mechanism',
    details: { mechanism: flag, authMechanism: named },
  });
}
