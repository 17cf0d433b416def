import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/program.ts';
import { arrowsOf, sources } from './imports.ts';

/** Packages and files that take 0.1 s or more to load. */
const HEAVY = [
  '@aws-sdk/',
  '@smithy/',
  'mongodb',
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

/** Returns every file and package that `entry` loads, with its import path. Dynamic imports are ignored. */
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
});
