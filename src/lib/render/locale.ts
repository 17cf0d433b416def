/**
 * Returns whether the locale supports only ASCII. The first set variable of LC_ALL, LC_CTYPE and LANG decides
 * (POSIX, Base Definitions 8.2). If none is set, as in most containers, the character set is UTF-8.
 */
export function isAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

/**
 * The characters outside ASCII that fedctl draws, with their replacements. Each replacement is one character,
 * so that columns stay aligned.
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

/** Replaces the drawing characters in a line by ASCII. Other characters stay unchanged. */
export function inAscii(line: string): string {
  return line.replace(DRAWN, (symbol) => ASCII[symbol] ?? symbol);
}
