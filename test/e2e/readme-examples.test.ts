import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../architecture/imports.ts';
import { BIN, runBin } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SECTION = /^## Use the lab in your own tests\n(.*?)^## /ms.exec(README)?.[1] ?? '';

/** The one example in this language. */
function example(language: string): string {
  const found = [...SECTION.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

describe('"Use it from your programs" of the README', () => {
  const section = /^## Use it from your programs\n(.*?)^## /ms.exec(README)?.[1] ?? '';
  const blocks = (language: string) =>
    [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));

  /** Stands for mongosh, mongodump, node and any program: says what it was given, and who AWS takes it for. */
  const PROGRAM = `#!/bin/sh
[ "$1" = --version ] && echo 100.15.0 && exit
echo "uri \${MONGODB_URI:-none} args $*"
if [ -n "$OIDC_TOKEN_FILE" ]; then fedctl decode "$OIDC_TOKEN_FILE" --json; else fedctl whoami --json --quiet; fi`;

  let lab: RunningLab;
  let folder: string;

  beforeAll(async () => {
    lab = await runLab();
    await lab.run(['enable', '--no-wait']);
    folder = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    for (const name of ['mongosh', 'mongodump', 'node', 'any-program'])
      writeFileSync(join(folder, name), PROGRAM, { mode: 0o700 });
    writeFileSync(join(folder, 'fedctl'), `#!/bin/sh\nexec ${process.execPath} -- ${BIN} "$@"\n`, {
      mode: 0o700,
    });
    copyFileSync(join(ROOT, 'examples/config/agent.yaml'), join(folder, 'agent.yaml'));
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(folder, { recursive: true });
  });

  function typed(line: string) {
    const env = {
      ...lab.env,
      PATH: `${folder}:${process.env['PATH']}`,
      HOME: folder,
      URI: lab.env['FEDCTL_URI'],
      ROLE: 'arn:aws:iam::123456789012:role/app',
    };
    return spawn('sh', ['-c', `exec ${line}`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  test('fits on one screen', () => {
    const screen = section.trimEnd().split('\n');
    // With the heading.
    expect(screen.length + 1).toBeLessThanOrEqual(24);
    expect(screen.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      ...Array(5).fill('fedctl exec'),
      'fedctl uri',
      ...Array(3).fill('fedctl agent'),
    ]);
  });

  test.each(lines.filter((line) => line.startsWith('fedctl exec')))('%s', async (line) => {
    const child = typed(line);
    const said = text(child.stdout);
    const [code] = await once(child, 'close');
    const [first = '', second = ''] = (await said).trim().split('\n');
    const identity = JSON.parse(second);
    expect(code).toBe(0);
    if (line.includes('--audience')) {
      expect(identity.payload.aud).toBe('my-atlas');
      expect(first).toContain('authMechanism=MONGODB-OIDC');
    } else {
      expect(identity.arn).toMatch(line.includes('$ROLE') ? /:assumed-role\/app\// : /:user\/operator$/);
    }
    if (line.includes('{uri}'))
      expect(first).toMatch(/ args .*mongodb:\/\/127\.0\.0\.1:\d+\/\?authMechanism=MONGODB-/);
  });

  test.each(lines.filter((line) => line.startsWith('fedctl uri')))('%s', async (line) => {
    const child = typed(line);
    const said = text(child.stdout);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await said).toMatch(
      /^mongodb:\/\/127\.0\.0\.1:\d+\/\?authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:k8s\n$/,
    );
  });

  test.each(lines.filter((line) => line.startsWith('fedctl agent')))('%s', async (line) => {
    rmSync(join(folder, 'atlas.jwt'), { force: true });
    const child = typed(line);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const outputs = line.includes('--config') ? 2 : 1;
      if (said.split('valid until').length > outputs && !line.includes('--once')) child.kill('SIGTERM');
    });
    expect(await once(child, 'close'), said).toEqual([0, null]);
    expect(readFileSync(join(folder, 'atlas.jwt'), 'utf8')).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

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
    expect(jobs.test.steps.at(-1)).toEqual({ run: 'npx --no fedctl sandbox -- npm test' });
  });
});
