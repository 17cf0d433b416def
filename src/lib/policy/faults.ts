/** A reason why AWS would reject a policy. */
export interface PolicyFault {
  /** Member names and indices, from the root of the policy, for example `['Statement', 0, 'Effect']`. */
  readonly path: readonly (string | number)[];
  /** A sentence or a phrase, without a full stop. */
  readonly message: string;
}

/** Formats a fault as text, for example `Statement[0].Effect: Effect must be "Allow" or "Deny"`. */
export function faultText({ path, message }: PolicyFault): string {
  const at = path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
  return at === '' ? message : `${at}: ${message}`;
}

/** Collects the faults of a policy, so that all faults are reported together. */
export class Faults {
  readonly all: PolicyFault[] = [];

  add(path: PolicyFault['path'], message: string): void {
    this.all.push({ path, message });
  }

  unknownMembers(
    value: Readonly<Record<string, unknown>>,
    path: PolicyFault['path'],
    known: readonly string[],
  ): void {
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.add([...path, name], `unknown element ${name}`);
    }
  }

  /**
   * Reads an element that is a string or a list of strings. If the value is invalid or empty, adds a fault
   * and returns an empty list.
   */
  texts(value: unknown, path: PolicyFault['path'], what: string): readonly Located[] {
    if (typeof value === 'string') return [{ text: value, path }];
    if (!Array.isArray(value) || value.length === 0) {
      this.add(path, `${what} must be a string or a non-empty list of strings`);
      return [];
    }
    return value.flatMap((text: unknown, index) => {
      if (typeof text === 'string') return [{ text, path: [...path, index] }];
      this.add([...path, index], `${what} must be a string`);
      return [];
    });
  }
}

/** A string in a policy, and its position. */
export interface Located {
  readonly text: string;
  readonly path: PolicyFault['path'];
}
