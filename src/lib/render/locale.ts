/**
 * Returns whether the locale supports only ASCII. Uses the first of LC_ALL, LC_CTYPE and LANG that is set
 * (POSIX, Base Definitions 8.2). If none is set, as in most containers, returns false.
 */
export function isAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

/**
 * The non-ASCII characters that fedctl draws, with their replacements. Each replacement is one character, so
 * that columns stay aligned.
 */
const ASCII: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '─': '-',
  '╌': '.',
  '│': '|',
  '┆': ':',
  '╳': 'x',
  '├': '+',
  '╭': '+',
  '╮': '+',
  '╯': '+',
  '╰': '+',
  '▶': '>',
  '◀': '<',
  '…': '~',
};

const DRAWN = new RegExp(`[${Object.keys(ASCII).join('')}]`, 'g');

/** Replaces the drawing characters in a line with ASCII characters. Other characters stay unchanged. */
export function inAscii(line: string): string {
  return line.replace(DRAWN, (symbol) => ASCII[symbol] ?? symbol);
}
