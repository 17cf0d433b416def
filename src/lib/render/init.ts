import { printable } from '../printable.ts';
import { shellWord } from '../shell-word.ts';
import type { Theme } from './theme.ts';

/** What `init` wrote. */
export interface Written {
  /** As it was named. */
  readonly file: string;
  readonly targets: readonly string[];
  /** Whether `fedctl check` takes the file without being told its name. */
  readonly found: boolean;
}

export function initDocument({ file, targets }: Written) {
  return { schema: 'fedctl.init/v1', file, targets } as const;
}

/** The name of the file and its targets, and what to type next. */
export function initText({ file, targets, found }: Written, theme: Theme): string {
  const name = printable(file);
  const typed = shellWord(name);
  const next = found ? 'fedctl check' : `fedctl check --config ${typed}`;
  return `${theme.good('written')} ${name}   (${targets.join(', ')})\nnext    ${theme.typed(next)}`;
}
