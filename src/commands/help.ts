import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { EXIT_CODES } from '../lib/core/exit-codes.ts';
import { nearest } from '../lib/core/nearest.ts';
import type { Line } from '../lib/render/output.ts';
import { createTheme } from '../lib/render/theme.ts';
import { COMMANDS } from './program.ts';
import type { TypedLine } from './typed.ts';
import { holdsToken } from './usage-failure.ts';

const TOPIC = 'exit-codes';

/** What `fedctl help exit-codes` shows: a page that is no command's. */
export function helpTopic(argv: readonly string[]): readonly Line[] | null {
  const [word, topic, ...more] = argv;
  return word === 'help' && topic === TOPIC && more.length === 0 ? exitCodeLines() : null;
}

/**
 * The command line as commander takes it: `fedctl help token` and `fedctl --help token` are `fedctl token --help`,
 * fedctl alone asks for help too, and `fedctl version` for the version.
 *
 * @param line the same, taken apart
 * @throws FedctlError usage.unknown-command for help about what is no command
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

function asksForHelp(argv: readonly string[]): boolean {
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
  const names = COMMANDS.map(({ name }) => name);
  const near = nearest(word, [...names, TOPIC]);
  const meant = near === null ? '' : ` (Did you mean ${near}?)`;
  return new FedctlError('usage.unknown-command', {
    message: `No command or help topic has the name '${word}'.${meant}`,
    remedy: near === null ? 'List the commands.' : `Read the help of ${near}.`,
    command: fedctl(near === null ? ['--help'] : near === TOPIC ? ['help', near] : [near, '--help']),
    details: { commands: names },
  });
}

/** The table of exit codes. */
export function exitCodeLines(): readonly string[] {
  const theme = createTheme(false, true);
  const plain = (text: string) => text.replaceAll('`', '');
  return [
    theme.prose(
      'Exit codes of all commands and output formats. "sandbox -- CMD" exits with the code of CMD.',
    ),
    '',
    ...EXIT_CODES.map(
      ({ code, meaning, examples }) =>
        `  ${String(code).padStart(3)}  ${theme.prose(`${plain(meaning)}: ${plain(examples)}`)}`,
    ),
  ];
}
