import type { Theme } from './theme.ts';

/** The result of `init`. */
export interface Written {
  /** The file name as the user gave it. */
  readonly file: string;
  readonly targets: readonly string[];
  /** The command that checks the targets in the file; null if part of the command is unknown. */
  readonly next: string | null;
}

export function initDocument({ file, targets }: Written) {
  return { schema: 'fedctl.init/v1', file, targets } as const;
}

/** Formats the file name, the targets in the file and the next command. */
export function initLines({ file, targets, next }: Written, theme: Theme): readonly string[] {
  const typed = next === null ? [] : [`next    ${theme.typed(next)}`];
  return [`${theme.good('written')} ${file}   (${targets.join(', ')})`, ...typed];
}
