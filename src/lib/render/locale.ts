/**
 * Whether a locale shows no more than ASCII: the first of LC_ALL, LC_CTYPE and LANG that is set names a character set
 * other than UTF-8 (POSIX, Base Definitions 8.2). Where none is set, as in most containers, the terminal is UTF-8 today.
 */
export function isAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

/** Every character beyond ASCII that fedctl draws, and what stands for it; one for one, so that columns stay. */
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

/** The same line with symbols of ASCII. What else it contains stays as it is. */
export function inAscii(line: string): string {
  return line.replace(DRAWN, (symbol) => ASCII[symbol] ?? symbol);
}
