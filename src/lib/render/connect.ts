import type { MechanismResult, NarratedStep } from '../auth/connect.ts';
import type { SuggestedCommand } from '../core/command-line.ts';
import type { FedctlError } from '../core/errors.ts';
import type { Mechanism, ServerIdentity, StageEvent, StageId } from '../ports/mongo.ts';
import type { Theme } from './theme.ts';

/** The length of the longest stage name, `authenticate`. */
const STAGE_WIDTH = 12;

/** Formats the result of `connect` as JSON. */
export function connectDocument(results: readonly MechanismResult[]) {
  return {
    schema: 'fedctl.connect/v1',
    ok: results.every(({ failure }) => failure === null),
    mechanisms: results.map(mechanismDocument),
  } as const;
}

function mechanismDocument({ name, identity, stages, failure, handshake }: MechanismResult) {
  return {
    name,
    ok: failure === null,
    user: identity?.user ?? null,
    roles: identity?.roles ?? [],
    stages: stages.map(({ id, status, ms, code }) => ({
      id,
      status,
      ms,
      ...(code === undefined ? {} : { code }),
    })),
    ...(handshake === null ? {} : { handshake }),
  };
}

/**
 * Returns the failure that ends the run. The details of this failure also contain the mechanism, the completed
 * stages, and the failures for other mechanisms.
 */
export function connectFailure(
  decisive: MechanismResult & { readonly failure: FedctlError },
  results: readonly MechanismResult[],
  offer: (command: SuggestedCommand | null) => string | null,
): FedctlError {
  const { failure, name, stages } = decisive;
  const failedStage = stages.find(({ status }) => status === 'fail')?.id ?? null;
  return failure.with({
    message: `${name}${failedStage === null ? '' : `, ${failedStage}`}: ${failure.message}`,
    details: {
      ...failure.details,
      mechanism: name,
      stage: failedStage,
      stages: mechanismDocument(decisive).stages,
      ...(decisive.handshake === null ? {} : { handshake: decisive.handshake }),
      ...(results.length === 1
        ? {}
        : {
            mechanisms: results.map((result) => ({
              ...mechanismDocument(result),
              failure: result.failure === null ? null : failureMembers(result.failure, offer),
            })),
          }),
    },
  });
}

function failureMembers(
  { code, message, likelyCause, remedy, command, requestId, details }: FedctlError,
  offer: (command: SuggestedCommand | null) => string | null,
) {
  return { code, message, cause: likelyCause, remedy, command: offer(command), requestId, details };
}

export function connectHeader(mechanism: Mechanism, shownUri: string, theme: Theme): string {
  return `${theme.strong(mechanism)}  ${shownUri}`;
}

/** Formats a stage, for example ` ✓ tls 12 ms TLSv1.3, certificate of …`. */
export function stageLine({ id, status, ms, detail, code }: StageEvent, theme: Theme): string {
  const mark = { pass: theme.good('✓'), fail: theme.bad('✗'), skip: theme.dim('-') }[status];
  const time = status === 'skip' ? 'skipped' : `${ms} ms`;
  const text = code === undefined ? detail : `${theme.bad(code)}  ${detail}`;
  return `  ${mark} ${padded(id)} ${theme.dim(time.padStart(9))}  ${theme.prose(text)}`.trimEnd();
}

/** The length of the longest name of a handshake step, `signed request`. */
const STEP_WIDTH = 14;

/**
 * Formats the MONGODB-AWS handshake: ` 3. replay …`. Returns an empty list if the handshake was not observed.
 */
export function handshakeLines(handshake: readonly NarratedStep[], theme: Theme): readonly string[] {
  return handshake.map((step, index) => {
    const name = step.step.replace('-', ' ').padEnd(STEP_WIDTH);
    return `  ${index + 1}. ${name}  ${theme.prose(stepText(step))}`;
  });
}

function stepText(step: NarratedStep): string {
  switch (step.step) {
    case 'nonce':
      return `The driver sent ${step.clientBytes} random bytes. The server appended its own random bytes, returned all ${step.serverBytes} bytes, and specified the STS host ${step.stsHost}.`;
    case 'signed-request':
      return `The driver signed a GetCallerIdentity request for this host and Region ${step.region} with key ${step.accessKeyId} at ${step.date}. The signature covers ${step.signedHeaders.join(', ')}. The driver sent the signature${step.sessionToken ? ' and the session token' : ''}, not the secret key.`;
    case 'replay':
      return step.accepted
        ? 'The server accepted the login. The client cannot observe the request from the server to STS.'
        : 'The server rejected the login. The client cannot observe the request from the server to STS.';
    case 'arn':
      return step.arn === null
        ? 'The ARN of the credentials is unknown: STS cannot be reached from this machine.'
        : arnText(step);
    case 'database-user':
      return `The server matched the database user ${step.user} in $external, ${rolesText(step.roles)}.`;
  }
}

function arnText({ arn, username }: Extract<NarratedStep, { step: 'arn' }>): string {
  const named = `The credentials belong to ${arn}`;
  if (username === null) return `${named}. Atlas does not support database users for this kind of principal.`;
  return username === arn ? `${named}.` : `${named}. The server looks up the database user ${username}.`;
}

/** Formats the identity that the server reports. */
export function identityLine({ user, roles: granted }: ServerIdentity, theme: Theme): string {
  const who = `${user} in $external`;
  return `  ${theme.prose(`${theme.good('Logged in')} as ${theme.strong(who)}, ${rolesText(granted)}`)}`;
}

function rolesText(granted: ServerIdentity['roles']): string {
  const allowed = granted.map(({ role, db }) => `${role}@${db}`).join(', ');
  return allowed === '' ? 'without roles' : `with ${allowed}`;
}

/**
 * Formats the failure of the second mechanism if both mechanisms failed. The failure of the first mechanism
 * ends the run and is formatted as the error of the command.
 */
export function secondFailureLines(
  failure: FedctlError,
  command: string | null,
  theme: Theme,
): readonly string[] {
  const evidence = failure.details['evidence'];
  const lines = Array.isArray(evidence) ? evidence.filter((line) => typeof line === 'string') : [];
  return [
    ...lines.map((line) => `      ${theme.prose(theme.strong(line))}`),
    `    ${theme.dim('cause:')}  ${theme.prose(failure.likelyCause)}`,
    `    ${theme.dim('remedy:')} ${theme.prose(failure.remedy)}`,
    ...(command === null ? [] : [`    ${theme.dim('run:')}    ${theme.typed(command)}`]),
  ];
}

function padded(id: StageId): string {
  return id.padEnd(STAGE_WIDTH);
}
