import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../architecture/imports.ts';
import { blocks, DOCUMENTS } from '../support/documented-commands.ts';
import { BIN } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const LAB = read('docs/lab.md');
const SECTION = LAB.slice(LAB.indexOf('\n## Use the lab in your own tests'));

/** Returns the only example in this language. */
function example(language: string): string {
  const found = [...SECTION.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

describe('what README and docs/programs.md give for programs', () => {
  const typed = DOCUMENTS.flatMap(blocks).filter(({ marker }) => marker === 'programs');
  const lines = [...new Set(typed.flatMap(({ text }) => text.trim().split('\n')))];
  const [, config = ''] = /^```yaml\n(.*?)^```/ms.exec(read('docs/programs.md')) ?? [];

  /**
   * Replaces mongosh, mongodump, node and other programs. Prints its arguments and its token or its AWS
   * principal.
   */
  const PROGRAM = `#!/bin/sh
[ "$1" = --version ] && echo 100.15.0 && exit
echo "uri \${MONGODB_URI:-none} args $*"
if [ -n "$OIDC_TOKEN_FILE" ]; then fedctl decode "$OIDC_TOKEN_FILE" --json; else fedctl whoami --json --quiet; fi`;

  let lab: RunningLab;
  let directory: string;

  beforeAll(async () => {
    lab = await runLab();
    await lab.run(['enable', '--no-wait']);
    directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    for (const name of ['mongosh', 'mongodump', 'node', 'any-program'])
      writeFileSync(join(directory, name), PROGRAM, { mode: 0o700 });
    writeFileSync(join(directory, 'fedctl'), `#!/bin/sh\nexec ${process.execPath} -- ${BIN} "$@"\n`, {
      mode: 0o700,
    });
    writeFileSync(join(directory, 'agent.yaml'), config);
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true });
  });

  function run(line: string) {
    const env = {
      ...lab.env,
      PATH: `${directory}:${process.env['PATH']}`,
      HOME: directory,
      URI: lab.env['FEDCTL_URI'],
    };
    return spawn('sh', ['-c', `exec ${line}`], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  test('fits on one screen in the README', () => {
    const [section = ''] = /^## Use fedctl from your programs\n.*?(?=^## )/ms.exec(read('README.md')) ?? [];
    expect(section.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
  });

  test('is exec and agent, a line each', () => {
    expect(lines.length).toBeGreaterThanOrEqual(8);
    expect(lines.filter((line) => !/^fedctl (exec|agent) /.test(line))).toEqual([]);
  });

  test.each(lines.filter((line) => line.startsWith('fedctl exec')))('%s', async (line) => {
    const child = run(line);
    const said = text(child.stdout);
    const [code] = await once(child, 'close');
    const [first = '', second = ''] = (await said).trim().split('\n');
    const identity = JSON.parse(second);
    expect(code).toBe(0);
    if (line.includes('--audience')) {
      expect(identity.payload.aud).toBe('my-atlas');
      expect(first).toContain('authMechanism=MONGODB-OIDC');
    } else {
      expect(identity.arn).toMatch(line.includes('role/app') ? /:assumed-role\/app\// : /:user\/operator$/);
    }
    if (line.includes('{uri}'))
      expect(first).toMatch(/ args .*mongodb:\/\/127\.0\.0\.1:\d+\/\?authMechanism=MONGODB-/);
  });

  test.each(lines.filter((line) => line.startsWith('fedctl agent')))('%s', async (line) => {
    rmSync(join(directory, 'atlas.jwt'), { force: true });
    const child = run(line);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const outputs = line.includes('--config') ? 2 : 1;
      if (said.split('valid until').length > outputs && !line.includes('--once')) child.kill('SIGTERM');
    });
    expect(await once(child, 'close'), said).toEqual([0, null]);
    expect(readFileSync(join(directory, 'atlas.jwt'), 'utf8')).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

describe('"Use the lab in your own tests" of docs/lab.md', () => {
  test('the Node.js example passes', { timeout: 60_000 }, async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--test-reporter=tap', '--input-type=module', '-e', example('js')],
      // In the directory of the package, Node.js resolves the name of the package to the package itself.
      { cwd: ROOT, env: { PATH: process.env.PATH, HOME: '/nonexistent' } },
    );
    expect(stdout).toMatch(/^# pass 2$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  test('the Python example can be read', () => {
    const python = spawnSync('python3', ['--version']).status === 0;
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'test_lab.py');
    writeFileSync(file, example('python'));
    // If Python is missing, the tests of the third-party clients report it.
    if (python) expect(spawnSync('python3', ['-m', 'py_compile', file]).stderr.toString()).toBe('');
  });

  test('the GitHub Actions example is a job that runs the tests inside the lab', () => {
    const [, job = ''] = /^```yaml\n(.*?)^```/ms.exec(read('docs/ci.md')) ?? [];
    const { jobs } = parse(job);
    expect(jobs.test.steps.at(-1)).toEqual({ run: 'npx --no fedctl sandbox -- npm test' });
  });
});
