import { EXIT_CODES } from '../../lib/core/exit-codes.ts';
import type { Theme } from '../../lib/render/theme.ts';

/** Lists the exit codes. */
export function exitCodeLines(theme: Theme): readonly string[] {
  const plain = (text: string) => text.replaceAll('`', '');
  return [
    theme.prose(
      'Exit codes, the same for every command and every output format. sandbox -- CMD ends with the code of CMD.',
    ),
    '',
    ...EXIT_CODES.map(
      ({ code, meaning, examples }) =>
        `  ${String(code).padStart(3)}  ${theme.prose(`${plain(meaning)}: ${plain(examples)}`)}`,
    ),
  ];
}
