import { stripVTControlCharacters } from 'node:util';
import type { OutputStream } from '../core/context.ts';
import { loadMarks } from './escape.ts';

/** Returns the width of a terminal, in columns; null for a file or a pipe, whose lines are not wrapped. */
export function columnsOf({ isTTY, columns = 0 }: OutputStream): number | null {
  return isTTY === true && columns > 0 ? columns : null;
}

/**
 * Wraps a text by words. A word is never cut: one that is too long for the space below the text moves to the
 * left.
 *
 * @param before the text in front; the lines after the first are aligned to its end
 * @param text with no control characters but colours
 * @param columns of the terminal
 * @returns at least one line
 */
export type Wrap = (before: string, text: string, columns: number) => readonly string[];

/** Loads the module that measures text: its Unicode tables take 3 MB, and a pipe needs no wrapping. */
export async function loadWrap(): Promise<Wrap> {
  await loadMarks();
  const { default: wrapAnsi } = await import('wrap-ansi');
  return (before, text, columns) => wrapped(wrapAnsi, before, text, columns);
}

function wrapped(
  wrapAnsi: (text: string, columns: number) => string,
  before: string,
  text: string,
  columns: number,
): readonly string[] {
  const [blanks] = /^ */.exec(text) ?? [''];
  // Leading spaces of the text are the indent of each of its lines.
  if (blanks !== '') return wrapped(wrapAnsi, `${before}${blanks}`, text.slice(blanks.length), columns);
  const width = visibleLength(before);
  const longest = Math.max(...text.split(' ').map(visibleLength));
  const indent = Math.max(0, Math.min(width, columns - longest));
  const isBlank = before.trim() === '';
  // A placeholder keeps the space for a label that is longer than the indent.
  const room = isBlank ? 0 : width - indent;
  const standIn = room === 0 ? '' : `${'x'.repeat(room - 1)} `;
  const [first = '', ...rest] = wrapAnsi(`${standIn}${text}`, columns - indent).split('\n');
  const margin = ' '.repeat(indent);
  return [
    `${isBlank ? margin : before}${first.slice(standIn.length)}`.trimEnd(),
    ...rest.map((line) => `${margin}${line}`),
  ];
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
