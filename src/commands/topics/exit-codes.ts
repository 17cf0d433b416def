import { EXIT_CODES } from '../../lib/core/exit-codes.ts';
import type { Theme } from '../../lib/render/theme.ts';

/** Lists the exit codes. */
export function exitCodeLines(theme: Theme): readonly string[] {
  const plain = (text: string) => text.replaceAll('`', '');
  return [
    theme.prose(
      'The exit codes are the same for every command and every output format. "fedctl exec" and "fedctl sandbox -- <command>" exit with the code of the program that they run.',
    ),
    '',
    ...EXIT_CODES.map(
      ({ code, meaning, examples }) =>
        `  ${String(code).padStart(3)}  ${theme.prose(`${plain(meaning)}: ${plain(examples)}`)}`,
    ),
  ];
}
