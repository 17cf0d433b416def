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
export function initLines({ file, targets, found }: Written, theme: Theme): readonly string[] {
  const typed = shellWord(file);
  const next = found ? 'fedctl check' : `fedctl check --config ${typed}`;
  return [`${theme.good('written')} ${file}   (${targets.join(', ')})`, `next    ${theme.typed(next)}`];
}
