import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/program.ts';
import { EXIT_CODES } from '../../src/lib/core/exit-codes.ts';
import { ROOT } from './imports.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

describe('the README', () => {
  test('has the exit codes of the code', () => {
    const table = EXIT_CODES.map((row) => `| ${row.code} | ${row.meaning} | ${row.examples} |`).join('\n');
    expect(README).toContain(`| exit | meaning | for example |\n| --- | --- | --- |\n${table}\n`);
  });

  test('names every command and no other', () => {
    const section = README.slice(README.indexOf('## Commands'), README.indexOf('## The lab'));
    const named = [...section.matchAll(/^\| [a-z ]+ \| (`.*`) \|$/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`([a-z]+)`/g)].map((name) => name[1]),
    );
    expect(named).toEqual(COMMANDS.map((row) => row.name));
  });

  test('gives commands that exist, and CI runs them', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    for (const typed of ['npm ci && npm run demo', 'npm cit']) {
      expect(README).toContain(`\`\`\`sh\n${typed}\n\`\`\``);
      expect(ci).toContain(typed);
    }
    for (const [, script = ''] of README.matchAll(/npm run ([a-z:]+)/g)) {
      expect(Object.keys(PACKAGE.scripts)).toContain(script);
    }
  });

  test('gives a reason for every dependency', () => {
    const table = README.slice(README.indexOf('## Dependencies'));
    const missing = Object.keys(PACKAGE.dependencies).filter(
      (name) => !table.includes(name) && !table.includes(name.replace(/^@[a-z-]+\//, '')),
    );
    expect(missing).toEqual([]);
  });
});
