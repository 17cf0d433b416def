import { inspect } from 'node:util';

/** What stands where a secret was. */
export const REDACTED = '[secret]';

/**
 * A value that prints as `[secret]` wherever it ends up by accident: templates, JSON, console, error messages.
 * Whoever needs it says so by calling `reveal`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
