import { printable } from './printable.ts';

/**
 * Text from outside as one word of a command that somebody will copy into a shell: what a shell would act on stands in
 * quotes, and what a terminal would act on is written as an escape.
 */
export function shellWord(text: string): string {
  const shown = printable(text);
  return /^[\w./@%+=:,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
