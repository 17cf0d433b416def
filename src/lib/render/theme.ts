import type { ChalkInstance } from 'chalk';
import type { OutputStream } from '../core/context.ts';
import { hanging, loadMarks, painted } from './escape.ts';

type Color = 'green' | 'red' | 'yellow' | 'dim' | 'bold' | 'cyan' | 'underline';

/**
 * The text styles for a terminal, and a function that marks text that may be wrapped. Only a Theme adds colors to
 * lines of output.
 */
export interface Theme {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  /** Formats a command that the user can run. */
  readonly typed: (text: string) => string;
  readonly underlined: (text: string) => string;
  /**
   * Formats prose that is the last part of a line. On a terminal, this prose is wrapped at spaces. Other text
   * is never wrapped.
   */
  readonly prose: (text: string) => string;
}

/**
 * Returns whether to write colors to a stream. The first of these that applies determines the result:
 * --no-color, NO_COLOR (not empty, no-color.org), FORCE_COLOR (0 and false disable color), TERM=dumb,
 * whether the stream is a terminal. chalk itself does not support NO_COLOR.
 */
export function wantsColor(
  stream: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** Loads the color module. Output without colors does not need this module. */
export async function loadColors(): Promise<ChalkInstance> {
  await loadMarks();
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

/**
 * Creates a theme with colors, or a theme for plain text. An Output converts the colors to terminal
 * sequences and escapes all other text.
 *
 * @param colors false for plain text
 * @param wraps whether the output is a terminal whose width is known
 */
export function createTheme(colors: ChalkInstance | false, wraps = false): Theme {
  const paint = (name: Color) => (text: string) => (colors ? painted(text, colors[name]) : text);
  return {
    good: paint('green'),
    bad: paint('red'),
    caution: paint('yellow'),
    dim: paint('dim'),
    strong: paint('bold'),
    typed: paint('cyan'),
    underlined: paint('underline'),
    prose: (text) => (wraps ? hanging(text) : text),
  };
}
