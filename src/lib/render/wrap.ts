import { stripVTControlCharacters } from 'node:util';
import type { OutputStream } from '../core/context.ts';
import { loadMarks } from './escape.ts';

/**
 * Returns the width of a terminal in columns; null for a file or a pipe, because their lines are not wrapped.
 */
export function columnsOf({ isTTY, columns = 0 }: OutputStream): number | null {
  return isTTY === true && columns > 0 ? columns : null;
}

/**
 * Wraps a text at spaces and never breaks a word. If a word does not fit on an indented line, reduces the
 * indentation of the following lines.
 *
 * @param before the part of the line before the text; the following lines are indented by the width of this
 * part
 * @param text may contain colors, but no other control characters
 * @param columns the width of the terminal
 * @returns at least one line
 */
export type Wrap = (before: string, text: string, columns: number) => readonly string[];

/**
 * Loads the module that measures text. Not needed for output to a pipe. The Unicode tables of the module take
 * 3 MB of memory.
 */
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
  // Leading spaces in the text indent all lines of the text.
  if (blanks !== '') return wrapped(wrapAnsi, `${before}${blanks}`, text.slice(blanks.length), columns);
  const width = visibleLength(before);
  const longest = Math.max(...text.split(' ').map(visibleLength));
  const indent = Math.max(0, Math.min(width, columns - longest));
  const isBlank = before.trim() === '';
  // If `before` is longer than the indentation, a placeholder on the first line reserves the additional
  // space.
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
