import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { nearest } from '../lib/core/nearest.ts';
import { COMMANDS } from './program.ts';
import { HELP_TOPICS, type HelpTopic } from './topics/topics.ts';
import type { TypedLine } from './typed.ts';
import { holdsToken } from './usage-failure.ts';

/** Returns the topic of `fedctl help <topic>`; null for any other command line. */
export function helpTopic(argv: readonly string[]): HelpTopic | null {
  const [word, topic, ...more] = argv;
  if (word !== 'help' || more.length > 0) return null;
  return HELP_TOPICS.find(({ name }) => name === topic) ?? null;
}

/**
 * Converts the command line for commander: `fedctl help token` and `fedctl --help token` become
 * `fedctl token --help`. fedctl alone shows the help, and `fedctl version` shows the version.
 *
 * @param line the same command line, parsed
 * @throws FedctlError usage.unknown-command for help about an unknown command
 */
export function helpForm(argv: readonly string[], line: TypedLine): readonly string[] {
  const [first = ''] = argv;
  if (argv.length === 0) return ['--help'];
  if (argv.length === 1 && first === 'version') return ['--version'];
  if (!['help', '--help', '-h'].includes(first)) {
    if (asksForHelp(argv) && line.command.length === 0) refuseUnknown(line.words[0]);
    return argv;
  }
  const words = line.words.filter((word) => word !== 'help');
  if (!COMMANDS.some(({ name }) => name === words[0])) refuseUnknown(words[0]);
  return [...argv.slice(1), '--help'];
}

/** Returns whether --help is an option of fedctl, and not of the program after `--`. */
export function asksForHelp(argv: readonly string[]): boolean {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return own.includes('--help') || own.includes('-h');
}

function refuseUnknown(word: string | undefined): void {
  if (word !== undefined) throw unknownCommand(word);
}

function unknownCommand(word: string): FedctlError {
  if (holdsToken(word)) {
    return new FedctlError('usage.token-as-argument', { message: 'A token was given as an argument.' });
  }
  const commands = COMMANDS.map(({ name }) => name);
  const topics = HELP_TOPICS.map(({ name }) => name);
  const near = nearest(word, [...commands, ...topics]);
  const meant = near === null ? '' : ` (Did you mean ${near}?)`;
  return new FedctlError('usage.unknown-command', {
    message: `Unknown command or help topic '${word}'.${meant}`,
    remedy: near === null ? 'List the commands and the help topics.' : `Read the help of ${near}.`,
    command: fedctl(near === null ? ['--help'] : topics.includes(near) ? ['help', near] : [near, '--help']),
    details: { commands, topics },
  });
}
