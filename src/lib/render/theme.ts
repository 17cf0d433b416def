import { Chalk, type ChalkInstance } from 'chalk';
import type { OutputStream } from '../context.ts';

/** The few colours of fedctl. Every face takes a Theme; nothing else knows of colour. */
export interface Theme {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  /** Something to type. */
  readonly typed: (text: string) => string;
  readonly underlined: (text: string) => string;
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

export function createTheme(colour: boolean): Theme {
  const chalk: ChalkInstance = new Chalk({ level: colour ? 1 : 0 });
  return {
    good: chalk.green,
    bad: chalk.red,
    caution: chalk.yellow,
    dim: chalk.dim,
    strong: chalk.bold,
    typed: chalk.cyan,
    underlined: chalk.underline,
  };
}
