import { isFedctlError } from '../core/errors.ts';
import { isRecord } from '../core/record.ts';
import { parseConnectionString } from '../uri/connection-string.ts';
import { chooseMechanisms, MECHANISM_CHOICES } from '../uri/mechanism.ts';

/** A conflict between several keys of a target. Each value by itself is valid. */
interface CrossFault {
  readonly path: readonly string[];
  readonly message: string;
}

type Keys = Readonly<Record<string, unknown>>;

/** Keys that require roleArn. */
const OF_A_ROLE = ['externalId', 'sessionName', 'mfaSerial'] as const;

/**
 * Checks the keys of every target, with the defaults applied. A conflict within the defaults is reported
 * once.
 *
 * @param config the content of the file; values that the schema rejects are ignored
 */
export function* crossFaults(config: unknown): Iterable<CrossFault> {
  const { defaults, targets } = keysOf(config);
  for (const [name, target] of Object.entries(keysOf(targets))) {
    const own = keysOf(target);
    for (const { key, message } of targetFaults({ ...keysOf(defaults), ...own })) {
      yield { path: Object.hasOwn(own, key) ? ['targets', name, key] : ['targets', name], message };
    }
  }
}

function* targetFaults(keys: Keys): Iterable<{ readonly key: string; readonly message: string }> {
  if (keys['roleArn'] === undefined) {
    for (const key of OF_A_ROLE) {
      if (keys[key] !== undefined) yield { key, message: `has ${key} without roleArn` };
    }
  }
  const { uri, mechanism } = keys;
  const chosen = MECHANISM_CHOICES.find((choice) => choice === mechanism);
  const named = typeof uri === 'string' ? namedMechanism(uri) : null;
  if (chosen !== undefined && named !== null && isConflict(chosen, named)) {
    yield { key: 'mechanism', message: `mechanism is ${chosen}, but uri has authMechanism=${named}` };
  }
}

function namedMechanism(uri: string): string | null {
  try {
    return parseConnectionString(uri).namedMechanism;
  } catch {
    // The error is ignored here, because the schema also reports an invalid connection string.
    return null;
  }
}

function isConflict(chosen: (typeof MECHANISM_CHOICES)[number], named: string): boolean {
  try {
    chooseMechanisms(chosen, named);
    return false;
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return true;
  }
}

function keysOf(value: unknown): Keys {
  return isRecord(value) ? { ...value } : {};
}
