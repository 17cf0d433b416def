import { FedctlError } from '../../lib/core/errors.ts';
import { HOPS } from '../delays.ts';
import type { LabLog } from '../log.ts';
import type { LabControls } from './controls.ts';
import { USER_TYPES } from './user-types.ts';

/**
 * A route of the control API. For a GET request, the input contains the query parameters. For all other
 * requests, the input contains the properties of the body.
 */
export type Route = (input: RouteInput, lab: ControlledLab) => unknown;

export interface ControlledLab {
  readonly controls: LabControls;
  readonly log: LabLog;
}

/** Maximum time that a request for the log waits for the next entry, in seconds. */
const LONGEST_WAIT = 20;

/**
 * The routes of the control API. Every body in a request or response is one JSON document. All times are times
 * of the lab's clock.
 */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v1/status': (_input, { controls }) => controls.status(),
  'GET /v1/log': (input, { log }) =>
    logSince(log, input.count('since') ?? 0, Math.min(input.count('wait') ?? 0, LONGEST_WAIT)),
  'GET /v1/clock': (_input, { controls }) => controls.time(),
  'PUT /v1/clock': (input, { controls }) => controls.setClock(input.number('offsetSeconds')),
  'PUT /v1/federation': (input, { controls }) =>
    controls.setFederation(input.boolean('enabled'), input.optionalText('account')),
  'POST /v1/rotate-keys': (input, { controls }) => controls.rotateKeys(input.optionalText('account')),
  'PUT /v1/database-user': (input, { controls }) =>
    controls.setDatabaseUser({
      username: input.text('username'),
      ...input.given('database', () => input.text('database')),
      ...input.given('type', () => input.choice('type', USER_TYPES)),
      ...input.given('roles', () => input.texts('roles')),
      ...input.given('clusters', () => input.texts('clusters')),
    }),
  'PUT /v1/identity-provider': (input, { controls }) =>
    controls.setIdentityProvider({
      name: input.text('name'),
      ...input.given('issuer', () => input.text('issuer')),
      ...input.given('audience', () => input.text('audience')),
      ...input.given('userClaim', () => input.text('userClaim')),
    }),
  'PUT /v1/organization-link': (input, { controls }) =>
    controls.setOrganizationLink(input.text('identityProvider'), input.boolean('connected')),
  'PUT /v1/access-list': (input, { controls }) =>
    controls.setAccess(input.text('address'), input.boolean('allowed')),
  'PUT /v1/cluster': (input, { controls }) =>
    controls.setCluster(input.text('name'), input.boolean('paused')),
  'POST /v1/revoke-database-user': (input, { controls }) =>
    controls.revokeDatabaseUser(input.text('username')),
  'POST /v1/revoke-identity': (input, { controls }) => controls.revokeIdentity(input.text('arn')),
  'POST /v1/drop-connections': (_input, { controls }) => controls.dropConnections(),
  'PUT /v1/delay': (input, { controls }) => controls.slow(input.choice('hop', HOPS), input.number('ms')),
  'POST /v1/scenario': (input, { controls }) => controls.playScenario(input.text('name')),
  'POST /v1/stop': () => ({ stopping: true }),
};

/** Returns new entries of the log. If there are no new entries, waits up to `seconds` for the next entry. */
async function logSince(log: LabLog, count: number, seconds: number) {
  const now = log.since(count);
  if (now.entries.length > 0 || seconds === 0) return now;
  await new Promise<void>((resolve) => {
    const unfollow = log.follow(() => end());
    const timer = setTimeout(() => end(), seconds * 1000);
    // Allows the process to exit while a request for the log is pending.
    timer.unref();
    const end = () => {
      unfollow();
      clearTimeout(timer);
      resolve();
    };
  });
  return log.since(count);
}

/**
 * The parameters of a request. Each method checks the type of a parameter. If the type is wrong, the error
 * contains the name of the parameter.
 */
export class RouteInput {
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  text(name: string): string {
    const value = this.#members[name];
    return typeof value === 'string' && value !== '' ? value : refuse(name, 'a text');
  }

  optionalText(name: string): string | undefined {
    return this.#members[name] === undefined ? undefined : this.text(name);
  }

  texts(name: string): readonly string[] {
    const value = this.#members[name];
    const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return isTexts ? value : refuse(name, 'a list of strings');
  }

  /**
   * Returns `{ [name]: read() }` if the request contains a parameter with this name. Otherwise, returns an empty
   * object.
   */
  given<Name extends string, T>(name: Name, read: () => T): { readonly [Key in Name]?: T } {
    // The cast is necessary because TypeScript widens the type of a computed property name to string.
    return this.#members[name] === undefined ? {} : ({ [name]: read() } as { readonly [Key in Name]: T });
  }

  boolean(name: string): boolean {
    const value = this.#members[name];
    return typeof value === 'boolean' ? value : refuse(name, 'true or false');
  }

  number(name: string): number {
    const value = this.#members[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : refuse(name, 'a number');
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    return choices.find((one) => one === this.#members[name]) ?? refuse(name, choices.join(', '));
  }

  /** Reads a query parameter that must be a whole number. */
  count(name: string): number | undefined {
    const value = this.#members[name];
    if (value === undefined) return undefined;
    return typeof value === 'string' && /^\d{1,9}$/.test(value)
      ? Number(value)
      : refuse(name, 'a whole number');
  }
}

function refuse(name: string, expected: string): never {
  throw new FedctlError('usage.invalid-value', {
    message: `Invalid "${name}" in the request to the control API: expected ${expected}.`,
    details: { field: name, expected },
  });
}
