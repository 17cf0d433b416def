import { inspect } from 'node:util';

/** The text that replaces a secret. */
export const REDACTED = '[secret]';

/**
 * A value that prints as `[secret]` when it is printed by accident: in templates, JSON, console output, error
 * messages. Code that needs the value calls `reveal`.
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
