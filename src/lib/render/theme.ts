import { Chalk } from 'chalk';
import type { OutputStream } from '../core/context.ts';
import { hanging, painted } from './escape.ts';

/** The few colours of fedctl, and what may be wrapped. Every face takes a Theme; nothing else knows of colour. */
export interface Theme {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  /** Something to type. */
  readonly typed: (text: string) => string;
  readonly underlined: (text: string) => string;
  /** Text to read, at the end of a line: a terminal wraps it by words. Without this a line is never wrapped. */
  readonly prose: (text: string) => string;
}

/**
 * Whether a stream gets colour: --no-color, then NO_COLOR (not empty, no-color.org), then FORCE_COLOR (not 0 or
 * false), then TERM=dumb, then whether the stream is a terminal. chalk itself knows no NO_COLOR.
 */
export function wantsColour(
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

/**
 * Colours, or text as it is. An Output turns them into the sequences of a terminal, and escapes everything else.
 *
 * @param wraps whether the output is a terminal with a width
 */
export function createTheme(colour: boolean, wraps = false): Theme {
  const chalk = new Chalk({ level: 1 });
  const paint = (style: (text: string) => string) => (text: string) => (colour ? painted(text, style) : text);
  return {
    good: paint(chalk.green),
    bad: paint(chalk.red),
    caution: paint(chalk.yellow),
    dim: paint(chalk.dim),
    strong: paint(chalk.bold),
    typed: paint(chalk.cyan),
    underlined: paint(chalk.underline),
    prose: (text) => (wraps ? hanging(text) : text),
  };
}
