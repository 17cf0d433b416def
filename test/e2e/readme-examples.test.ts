import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../architecture/imports.ts';
import { runBin } from '../support/run-bin.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SECTION = /^## Use the lab in your own tests\n(.*?)^## /ms.exec(README)?.[1] ?? '';

/** The one example in this language. */
function example(language: string): string {
  const found = [...SECTION.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

describe('"Use the lab in your own tests" of the README', () => {
  test('the Node.js example passes', { timeout: 60_000 }, async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--test-reporter=tap', '--input-type=module', '-e', example('js')],
      // The package finds itself by its name from its own folder.
      { cwd: ROOT, env: { PATH: process.env.PATH, HOME: '/nonexistent' } },
    );
    expect(stdout).toMatch(/^# pass 2$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  test('the shell example passes inside the lab', { timeout: 60_000 }, async () => {
    const { code, stdout } = await runBin(['sandbox', '--', 'sh', '-c', example('sh')]);
    expect(code).toBe(0);
    expect(stdout).toContain('MONGODB-AWS');
  });

  test('the Python example can be read', () => {
    const python = spawnSync('python3', ['--version']).status === 0;
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'test_lab.py');
    writeFileSync(file, example('python'));
    // Where there is no Python, the foreign clients' tests say so.
    if (python) expect(spawnSync('python3', ['-m', 'py_compile', file]).stderr.toString()).toBe('');
  });

  test('the GitHub Actions example is a job that runs the tests inside the lab', () => {
    const { jobs } = parse(example('yaml'));
    expect(jobs.test.steps.at(-1)).toEqual({ run: 'npx fedctl sandbox -- npm test' });
  });
});
