import { EXIT_CODES } from '../lib/core/exit-codes.ts';
import type { Line } from '../lib/render/output.ts';
import { createTheme } from '../lib/render/theme.ts';

/** A page of help that belongs to no command. */
export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  readonly lines: () => Promise<readonly Line[]>;
}

export const HELP_TOPICS: readonly HelpTopic[] = [
  { name: 'exit-codes', summary: 'what fedctl exits with', lines: async () => exitCodeLines() },
];

/** The table of exit codes. */
function exitCodeLines(): readonly string[] {
  const theme = createTheme(false, true);
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
