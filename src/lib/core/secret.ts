import { inspect } from 'node:util';

/** The text that replaces a secret. */
export const REDACTED = '[secret]';

/**
 * A value that prints as `[secret]` in templates, JSON, console output and error messages. `reveal` returns
 * the value.
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
