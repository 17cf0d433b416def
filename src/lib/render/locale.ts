/**
 * Returns whether a locale supports only ASCII: the first of LC_ALL, LC_CTYPE and LANG that is set names a
 * character set other than UTF-8 (POSIX, Base Definitions 8.2). When none is set, as in most containers,
 * UTF-8 is assumed.
 */
export function isAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

/**
 * Every character outside ASCII that fedctl draws, and its replacement. Each has one character, so that
 * columns stay aligned.
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

/** Returns the line with ASCII symbols. Everything else in it stays unchanged. */
export function inAscii(line: string): string {
  return line.replace(DRAWN, (symbol) => ASCII[symbol] ?? symbol);
}
