import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFault } from '../../action/node-version.js';
import { ROOT } from '../architecture/imports.ts';
import { actionCheckout, runAction } from '../support/github-runner.ts';

/** A checkout of the action as git has it: without a bundle. */
function checkoutWithoutBundle(): string {
  const directory = actionCheckout(() => {});
  rmSync(join(directory, 'bundle'), { recursive: true });
  return directory;
}

/** A directory for PATH with this Node.js and a stand-in for npm. */
function withNpm(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-npm-'));
  symlinkSync(process.execPath, join(directory, 'node'));
  writeFileSync(join(directory, 'npm'), `#!/bin/sh\n${script}`);
  chmodSync(join(directory, 'npm'), 0o755);
  return `${directory}:/usr/bin:/bin`;
}

describe('a checkout without a bundle', () => {
  test('is built first, by npm alone, which sees no input and no key', async () => {
    const actionPath = checkoutWithoutBundle();
    const record = join(mkdtempSync(join(tmpdir(), 'fedctl-record-')), 'call.json');
    const tool = join(mkdtempSync(join(tmpdir(), 'fedctl-tool-')), 'bin');
    mkdirSync(tool);
    copyFileSync(join(ROOT, 'test/support/stand-in-tool.mjs'), join(tool, 'fedctl.js'));
    const PATH = withNpm(`
echo "npm $*" >> npm.log
env >> npm.log
echo '::error::pwned by a package'
[ "$*" != 'run bundle' ] || { mkdir bundle && echo '{"type":"module"}' > bundle/package.json && cp -r '${tool}' bundle/bin; }`);
    const { code, obeyed } = await runAction({
      inputs: { 'atlas-client-secret': 'mdb_sa_sk_1', uri: 'mongodb://kept.example' },
      env: { PATH, STAND_IN_RECORD: record, AWS_SECRET_ACCESS_KEY: 'key-of-aws', FEDCTL_AUDIENCE: 'kept' },
      actionPath,
    });
    expect(code).toBe(0);
    expect(obeyed.map(({ name, data }) => `${name} ${data}`)).toEqual([
      'add-mask mdb_sa_sk_1',
      'group Build fedctl',
      'endgroup ',
      'group The report of fedctl check',
      'endgroup ',
    ]);
    const log = readFileSync(join(actionPath, 'npm.log'), 'utf8');
    expect(log.match(/^npm .*$/gm)).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm run bundle',
    ]);
    expect(log).toMatch(/^GITHUB_ACTIONS=true$/m);
    expect(log).not.toMatch(/mdb_sa_sk_1|kept|key-of-aws/);
  });

  test('that cannot be built says so', async () => {
    const { code, obeyed, outputs } = await runAction({
      inputs: {},
      env: { PATH: withNpm('exit 7') },
      actionPath: checkoutWithoutBundle(),
    });
    expect({ code, said: obeyed.at(-1), ok: outputs['ok'] }).toEqual({
      code: 2,
      said: {
        name: 'error',
        properties: 'title=fedctl check',
        data: '"npm ci --ignore-scripts --no-audit --no-fund" failed in the directory of the action.',
      },
      ok: 'false',
    });
  });
});

describe('Node.js', () => {
  test('is missed in words', async () => {
    const { code, obeyed } = await runAction({
      inputs: {},
      env: { PATH: mkdtempSync(join(tmpdir(), 'fedctl-path-')) },
      actionPath: actionCheckout(() => {}),
    });
    expect({ code, data: obeyed.map(({ data }) => data) }).toEqual({
      code: 2,
      data: [
        'fedctl requires Node.js 20.19 or later, but this runner has no Node.js. Add a step with actions/setup-node before this step.',
      ],
    });
  });

  test.each(['20.19.0', '20.20.2', '22.0.0', '26.10.0'])('%s will do', (version) => {
    expect(nodeFault(version)).toBeNull();
  });

  test.each(['16.20.2', '18.20.8', '20.18.3'])('%s will not', (version) => {
    expect(nodeFault(version)).toBe(
      `fedctl requires Node.js 20.19 or later, but this runner has ${version}. Add a step with actions/setup-node before this step.`,
    );
  });
});
