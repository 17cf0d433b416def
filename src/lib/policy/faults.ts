/** Something in a policy that AWS would refuse. */
export interface PolicyFault {
  /** Member names and indices, from the policy down: `['Statement', 0, 'Effect']`. */
  readonly path: readonly (string | number)[];
  /** A sentence without a full stop. */
  readonly message: string;
}

/** The fault as people read it: `Statement[0].Effect: Effect is "Allow" or "Deny"`. */
export function faultText({ path, message }: PolicyFault): string {
  const at = path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
  return at === '' ? message : `${at}: ${message}`;
}

/** Gathers the faults of a policy, so that all can be told at once. */
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

  /** One text or a list of texts, as most elements are; a fault and nothing where it is neither, or empty. */
  texts(value: unknown, path: PolicyFault['path'], what: string): readonly Located[] {
    if (typeof value === 'string') return [{ text: value, path }];
    if (!Array.isArray(value) || value.length === 0) {
      this.add(path, `${what} must be a string or a list of strings that is not empty`);
      return [];
    }
    return value.flatMap((text: unknown, index) => {
      if (typeof text === 'string') return [{ text, path: [...path, index] }];
      this.add([...path, index], `${what} must be a string`);
      return [];
    });
  }
}

/** A text of a policy, and where it stands. */
export interface Located {
  readonly text: string;
  readonly path: PolicyFault['path'];
}
