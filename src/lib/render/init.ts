import type { Theme } from './theme.ts';

/** What `init` wrote. */
export interface Written {
  /** As it was named. */
  readonly file: string;
  readonly targets: readonly string[];
  /** The command that checks it; null where none can be named. */
  readonly next: string | null;
}

export function initDocument({ file, targets }: Written) {
  return { schema: 'fedctl.init/v1', file, targets } as const;
}

/** The name of the file and its targets, and what to type next. */
export function initLines({ file, targets, next }: Written, theme: Theme): readonly string[] {
  const typed = next === null ? [] : [`next    ${theme.typed(next)}`];
  return [`${theme.good('written')} ${file}   (${targets.join(', ')})`, ...typed];
}
