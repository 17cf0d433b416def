import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/program.ts';
import { runBin } from '../support/run-bin.ts';
import { arrowsOf, sources } from './imports.ts';

/** What costs a tenth of a second or more to load. */
const HEAVY = [
  '@aws-sdk/',
  '@smithy/',
  'mongodb',
  'mingo',
  '@peculiar/x509',
  'ora',
  'yaml',
  'zod',
  'otpauth',
  'dns-packet',
  '@clack/prompts',
];

function heavy(target: string): boolean {
  return HEAVY.some((name) => (name.endsWith('/') ? target.startsWith(name) : target === name));
}

/** Every file and package that loading `entry` loads, and the way there. Dynamic imports are not followed. */
function staticClosure(entry: string): Map<string, string> {
  const known = new Set(sources());
  const seen = new Map<string, string>([[entry, entry]]);
  for (const [file, way] of seen) {
    if (!known.has(file)) continue;
    for (const arrow of arrowsOf(file)) {
      if (!arrow.dynamic && !arrow.typeOnly && !seen.has(arrow.to))
        seen.set(arrow.to, `${way} > ${arrow.to}`);
    }
  }
  return seen;
}

function heavyWays(entry: string): string[] {
  return [...staticClosure(entry)].filter(([target]) => heavy(target)).map(([, way]) => way);
}

describe('start-up', () => {
  test.each(['src/commands/main.ts', 'src/lib/process-context.ts'])('%s loads no SDK', (entry) => {
    expect(heavyWays(entry)).toEqual([]);
  });

  const files = COMMANDS.flatMap(({ name, subcommands = [] }) => [
    name,
    ...subcommands.map((sub) => `${name}/${sub.name}`),
  ]);
  test.each(files)('%s --help loads no SDK', (name) => {
    expect(heavyWays(`src/commands/${name}.ts`)).toEqual([]);
  });

  test('a file that loads one is found, and the way there is told', () => {
    expect(heavyWays('src/lib/aws/sts-client.ts')).toContain(
      'src/lib/aws/sts-client.ts > @aws-sdk/client-sts',
    );
  });

  // The claim itself, on the real binary: a loader hook would be reported by Node on stderr under this flag.
  test.each([['--help'], ['--version'], ['token', '--help'], ['check', '--help'], ['check', '--list']])(
    'the binary loads no SDK for %s %s',
    async (...args) => {
      const { code, stderr } = await runBin(args, {
        env: { NODE_OPTIONS: `--import ${new URL('../support/report-loads.mjs', import.meta.url).href}` },
      });
      const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
      expect(code).toBe(0);
      expect(loaded.some((line) => line.includes('/commander/'))).toBe(true);
      expect(
        loaded.filter((line) =>
          /node_modules\/(@aws-sdk|@smithy|mongodb|mingo|ora|@clack|yaml|zod)\//.test(line),
        ),
      ).toEqual([]);
    },
  );
});
