import type { BinResult } from './run-bin.ts';

/**
 * Formats one run of fedctl as a golden page: the exit code and both streams, with all values replaced that differ from
 * run to run. `CI= npx vitest run -u <file>` updates the pages; review the difference before you commit it.
 */
export function screen(args: readonly string[], { code, stdout, stderr }: BinResult): string {
  const typed = args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${shortened(arg)}'`)).join(' ');
  const parts = [
    `$ fedctl ${typed}`,
    stdout === '' ? '' : stdout.trimEnd(),
    stderr === '' ? '' : stderr.trimEnd(),
  ];
  return `${steady(parts.filter((part) => part !== '').join('\n--\n'))}\n-- exit ${code}\n`;
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 20)}… (${text.length} characters)`;
}

const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\b(AKIA|ASIA|AROA|AIDA)[A-Z2-7]{16}\b/g, '$1<id>'],
  [/\b[0-9a-f]{24}\b/g, '<idpId>'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g, '<time>'],
  [/\bfedctl-1\d{12}\b/g, 'fedctl-<ms>'],
  [/\blab-[0-9a-f]{8}\b/g, 'lab-<id>'],
  [/\/tmp\/fedctl-[a-z]+-\w{6}/g, '<directory>'],
  [/ +\d+ ms {2}/g, ' <n> ms  '],
  [/ +\d+ ms$/gm, ' <n> ms'],
  [/\b(in|ago|for|another) \d+ (s|min|h)( \d+ (s|min))?\b/g, '$1 <span>'],
  [/\b\d+ (s|min)( \d+ s)? ago\b/g, '<span> ago'],
];

function steady(text: string): string {
  // Ports are numbered: `<port 1>` is the same port everywhere on the page.
  const ports: string[] = [];
  const numbered = text.replace(
    /\b(127\.0\.0\.1|localhost)([: ])(\d{4,5})\b/g,
    (_all, host, between, port) => {
      if (!ports.includes(port)) ports.push(port);
      return `${host}${between}<port ${ports.indexOf(port) + 1}>`;
    },
  );
  return CHANGING.reduce((result, [pattern, shown]) => result.replace(pattern, shown), numbered);
}
