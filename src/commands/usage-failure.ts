import { CommanderError } from 'commander';
import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';

/** The form of a JWT, to detect a token in an argument. */
const JWT = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/;

/** Returns whether a text contains a string in the form of a JWT. */
export function holdsToken(text: string): boolean {
  return JWT.test(text);
}

/**
 * Rejects values that contain a token. Call this function before a message repeats the values.
 *
 * @throws FedctlError usage.token-as-argument
 */
export function refuseToken(option: string, values: readonly string[]): void {
  if (!values.some(holdsToken)) return;
  throw new FedctlError('usage.token-as-argument', {
    message: `A token was given as the value of ${option}.`,
  });
}

/**
 * Converts a usage error from commander to a fedctl failure.
 *
 * @returns the failure; 'told' if commander printed the requested help or version; null if the error is not
 * from commander
 */
export function usageFailure(
  error: unknown,
  commands: readonly { readonly name: string }[],
): FedctlError | 'told' | null {
  if (!(error instanceof CommanderError)) return null;
  if (error.exitCode === 0) return 'told';
  // commander quotes the argument, which may be a secret.
  if (holdsToken(error.message)) {
    return new FedctlError('usage.token-as-argument', { message: 'A token was given as an argument.' });
  }
  const message = sentence(error.message);
  switch (error.code) {
    case 'commander.unknownCommand':
      return new FedctlError('usage.unknown-command', {
        message,
        ...suggestion(error.message),
        details: { commands: commands.map((row) => row.name) },
      });
    case 'commander.unknownOption':
      return new FedctlError('usage.unknown-option', { message: unknownOption(error.message) });
    case 'commander.help':
      return new FedctlError('usage.invalid-command-line', { message: 'No command was given.' });
    default:
      return new FedctlError('usage.invalid-command-line', { message });
  }
}

/**
 * Returns a message with the name of the unknown option and commander's suggestion. The message omits the
 * value of the option, which may be a secret.
 */
function unknownOption(message: string): string {
  const [, name = ''] = /^error: unknown option '(--[\w-]*|-.)/.exec(message) ?? [];
  const [suggested = ''] = /\n\(Did you mean [\w\s,-]+\?\)$/.exec(message) ?? [];
  return sentence(`unknown option '${name}'${suggested}`);
}

/** Formats a message from commander, such as `error: unknown command 'tokn'`, as a sentence. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.)?]$/.test(capital) ? capital : `${capital}.`;
}

function suggestion(message: string) {
  const name = /\(Did you mean (?:one of )?([a-z]+)/.exec(message)?.[1];
  return name === undefined
    ? {}
    : { remedy: `Read the help of fedctl ${name}.`, command: fedctl([name, '--help']) };
}
