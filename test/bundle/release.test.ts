import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../architecture/imports.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const workflow = parse(readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8'));
const { permissions, steps } = workflow.jobs.bundle as { permissions: object; steps: readonly Step[] };
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  scripts: Record<string, string>;
};

/** Runs the script of a step, as for the tag of a version. */
function run(name: string, cwd: string, version = PACKAGE.version) {
  const script = steps.find((step) => step.name === name)?.run ?? '';
  return spawnSync('/bin/bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env: { PATH: process.env.PATH, GITHUB_REF_NAME: `v${version}` },
    encoding: 'utf8',
  });
}

describe('the release', () => {
  test('may write releases and no more, and puts no expression into a script', () => {
    expect(workflow.permissions).toEqual({});
    expect(permissions).toEqual({ contents: 'write' });
    expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
    for (const { run: script = '' } of steps) {
      expect(script).not.toContain('{{');
      for (const [, name = ''] of script.matchAll(/npm run ([\w:]+)/g))
        expect(PACKAGE.scripts).toHaveProperty(name);
    }
  });

  test('is made for the version of its tag only', () => {
    expect(run('Check that the tag matches the version', ROOT).status).toBe(0);
    expect(run('Check that the tag matches the version', ROOT, '99.0.0').status).toBe(1);
  });

  // GNU tar and sha256sum, which the job's Ubuntu has.
  test.skipIf(process.platform !== 'linux')('is one directory, fedctl, with its checksum', () => {
    const directory = mkdtempSync(join(tmpdir(), 'fedctl-release-'));
    mkdirSync(join(directory, 'bundle'));
    writeFileSync(join(directory, 'bundle/package.json'), '{}');
    expect(run('Pack the bundle', directory)).toMatchObject({ status: 0, stderr: '' });
    const name = `fedctl-v${PACKAGE.version}.tar.gz`;
    const listed = spawnSync('tar', ['-tzf', name], { cwd: directory, encoding: 'utf8' });
    expect(listed.stdout).toBe('fedctl/\nfedctl/package.json\n');
    expect(spawnSync('sha256sum', ['-c', `${name}.sha256`], { cwd: directory }).status).toBe(0);
  });
});
