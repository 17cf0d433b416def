import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHECK_FORMATS } from '../../src/commands/check/reports.ts';
import { scenarioNamed } from '../../src/sandbox/scenarios/play.ts';
import { startScenario } from '../../src/sandbox/scenarios/start-scenario.ts';
import { type CheckLab, inLab, startCheckLab, WITHOUT_ATLAS } from '../support/check-lab.ts';
import { screen } from '../support/golden.ts';
import { schemaFaults } from '../support/schema.ts';

let lab: CheckLab;
let directory: string;

beforeAll(async () => {
  lab = await startCheckLab();
});

afterAll(() => lab[Symbol.asyncDispose]());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-formats-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** What has no run is the same for every run: which process it was does not matter to a page. */
const page = (args: readonly string[], said: Awaited<ReturnType<CheckLab['check']>>) =>
  screen(['check', ...args], { ...said, signal: null });

describe('the whole screen', () => {
  test.each([
    ['healthy', [], {}],
    ['blind', [], WITHOUT_ATLAS],
    ['both', ['--mechanism', 'both', '--privilege', 'insert@app', '--write-probe'], {}],
    ['no-uri', [], { FEDCTL_URI: undefined }],
    ['no-audience', [], { FEDCTL_AUDIENCE: undefined }],
    ['wrong-audience', ['--audience', 'somebody-else'], {}],
  ] as const)('%s', async (name, args, env) => {
    await expect(page(args, await lab.check(args, env))).toMatchFileSnapshot(`golden/check-${name}.golden`);
  });

  test('on a terminal ends with the picture of the chain', async () => {
    const said = await lab.check(['--no-color'], {}, { terminal: true });
    // Before it stand the checks as they ended, in another order each time.
    const stdout = said.stdout.slice(said.stdout.indexOf('  ✓ principal '));
    await expect(page(['--no-color'], { ...said, stdout, stderr: '' })).toMatchFileSnapshot(
      'golden/check-terminal.golden',
    );
  });

  test('has colors on a terminal, and none with --no-color or NO_COLOR', async () => {
    const terminal = { terminal: true };
    const start = '\u001b[';
    expect((await lab.check([], {}, terminal)).stdout).toContain(start);
    expect((await lab.check(['--no-color'], {}, terminal)).stdout).not.toContain(start);
    expect((await lab.check([], { NO_COLOR: '1' }, terminal)).stdout).not.toContain(start);
    expect((await lab.check([])).stdout).not.toContain(start);
  });

  test.each(['database-user-missing', 'federation-disabled', 'port-closed', 'credentials-missing'])(
    'of the scenario %s',
    async (name) => {
      const broken = await startScenario(scenarioNamed(name), {
        now: () => new Date(),
        fedctl: ['fedctl'],
        tls: false,
        replicaSet: null,
        mongoPort: 0,
      });
      try {
        const said = await inLab(broken.env).check([]);
        await expect(page([], said)).toMatchFileSnapshot(`golden/check-${name}.golden`);
      } finally {
        await broken.close();
      }
    },
  );

  test('outside of everything says where to begin', async () => {
    const said = await inLab({ AWS_EC2_METADATA_DISABLED: 'true' }).check([]);
    await expect(page([], said)).toMatchFileSnapshot('golden/check-nothing.golden');
  });
});

describe('the exit code is that of the run, whatever the format', () => {
  test.each(CHECK_FORMATS)('%s', async (format) => {
    const healthy = await lab.check(['--output', format]);
    const broken = await lab.check(['--output', format, '--audience', 'somebody-else']);
    expect([healthy.code, broken.code]).toEqual([0, 5]);
    expect(healthy.stderr + broken.stderr).toBe('');
    if (format !== 'github') expect(healthy.stdout).not.toBe('');
    expect(broken.stdout).toContain('atlas.audience-mismatch');
  });
});

test('the JSON format fits its schema, healthy or not', async () => {
  for (const args of [[], ['--audience', 'somebody-else']]) {
    const { document } = await lab.answer(args);
    expect(schemaFaults('check', document)).toEqual([]);
  }
});

describe('reports in files', () => {
  test('are written whole beside what stdout says, and told on stderr', async () => {
    const outputs = [
      'junit=report.xml',
      'html=report.html',
      'json=report.json',
      'markdown=report.md',
      'human=report.txt',
    ];
    const args = outputs.flatMap((output) => ['--output', output]);
    const { code, stdout, stderr } = await lab.check(args, {}, { cwd: directory });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: outputs.map((output) => `Wrote ${output.split('=')[1]}.\n`).join(''),
    });
    expect(stdout).toContain('✓ the chain works');
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    expect(await read('report.txt')).toBe(stdout);
    expect(await read('report.xml')).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/);
    expect(await read('report.html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/i);
    expect(await read('report.md')).toContain('the chain works');
    expect(schemaFaults('check', JSON.parse(await read('report.json')))).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual([
      'report.html',
      'report.json',
      'report.md',
      'report.txt',
      'report.xml',
    ]);
    const { mode } = await stat(join(directory, 'report.xml'));
    expect(mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test('beside JSON are silent, and --quiet says nothing of them', async () => {
    const json = await lab.check(['--json', '--output', 'junit=a.xml'], {}, { cwd: directory });
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: 'fedctl.check/v1', ok: true });
    const quiet = await lab.check(['--quiet', '--output', 'junit=b.xml'], {}, { cwd: directory });
    expect(quiet.stderr).toBe('');
    expect((await readdir(directory)).sort()).toEqual(['a.xml', 'b.xml']);
  });

  test.each([
    ['no/such/report.xml', 'its directory does not exist'],
    ['file/report.xml', 'part of the path is a file, not a directory'],
    ['.', 'it is a directory, but a report requires a regular file'],
    ['link', 'it is a symbolic link, but a report requires a regular file'],
  ])('that cannot be written are refused before anything is asked: %s', async (name, why) => {
    await writeFile(join(directory, 'file'), '');
    await symlink(join(directory, 'file'), join(directory, 'link'));
    const before = lab.lab.log.entries().length;
    const { code, stdout, stderr } = await lab.check(['--output', `junit=${name}`], {}, { cwd: directory });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`": ${why}.`);
    expect(stderr).toContain('remedy: Choose another file with --output <format>=<file>.');
    expect(stderr).toContain('code:   usage.unwritable-output');
    expect(lab.lab.log.entries()).toHaveLength(before);
    expect((await readdir(directory)).sort()).toEqual(['file', 'link']);
  });

  test.skipIf(process.getuid?.() === 0)('a directory that may not be written to is told too', async () => {
    await mkdir(join(directory, 'shut'));
    await chmod(join(directory, 'shut'), 0o500);
    const { code, stderr } = await lab.check(['--output', 'junit=shut/a.xml'], {}, { cwd: directory });
    expect(code).toBe(2);
    expect(stderr).toContain('its directory is not writable');
  });

  test('two to one file are refused', async () => {
    const { code, stderr } = await lab.check(['--output', 'junit=a', '--output', 'html=a']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: --output specifies the file "a" twice.');
  });
});

describe('GitHub Actions', () => {
  const broken = ['--output', 'github', '--audience', 'somebody-else'];

  test('gets an annotation for each failure, and the summary of the step', async () => {
    await writeFile(join(directory, 'summary'), 'before\n');
    const env = { GITHUB_STEP_SUMMARY: join(directory, 'summary') };
    const { code, stdout, stderr } = await lab.check(broken, env);
    expect({ code, stderr }).toEqual({ code: 5, stderr: '' });
    for (const line of stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^::error title=fedctl check%3A [a-z.-]+::/);
    const summary = await readFile(join(directory, 'summary'), 'utf8');
    expect(summary).toMatch(/^before\n/);
    expect(summary).toContain('atlas.audience-mismatch');
  });

  test('gets its summary when the annotations go to a file, and none for other formats', async () => {
    await writeFile(join(directory, 'summary'), '');
    const env = { GITHUB_STEP_SUMMARY: join(directory, 'summary') };
    await lab.check(['--output', 'junit'], env);
    expect(await readFile(join(directory, 'summary'), 'utf8')).toBe('');
    await lab.check(['--output', 'github=notes.txt'], env, { cwd: directory });
    expect(await readFile(join(directory, 'summary'), 'utf8')).toContain('the chain works');
  });

  test('hears before the run of a summary that is not there', async () => {
    const before = lab.lab.log.entries().length;
    const { code, stdout, stderr } = await lab.check(broken, {
      GITHUB_STEP_SUMMARY: join(directory, 'none'),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: Cannot append to "');
    expect(lab.lab.log.entries()).toHaveLength(before);
  });
});

describe('--output', () => {
  const refused = async (args: readonly string[], env = {}) => {
    const before = lab.lab.log.entries().length;
    const { code, stdout, stderr } = await lab.check(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lab.lab.log.entries()).toHaveLength(before);
    return stderr;
  };

  test('holds one answer on stdout', async () => {
    expect(await refused(['--output', 'junit', '--output', 'html'])).toContain(
      'error: --output requests junit and html on standard output, which can have only one format.',
    );
  });

  test('names the formats that it knows', async () => {
    for (const given of ['xml', 'xml=a.xml', 'junit=', '=a', '']) {
      expect(await refused(['--output', given])).toContain(
        `error: Invalid --output "${given}": expected human, short, json, junit, github, markdown, html.`,
      );
    }
  });

  test('comes from the environment, and flags beat that', async () => {
    const env = { FEDCTL_OUTPUT: 'junit' };
    const only = ['--only', 'config'];
    expect((await lab.check(only, env)).stdout).toMatch(/^<\?xml /);
    expect((await lab.check([...only, '--output', 'markdown'], env)).stdout).toMatch(/^#/);
    expect(JSON.parse((await lab.check([...only, '--json'], env)).stdout)).toMatchObject({ ok: true });
    const json = { FEDCTL_JSON: '1' };
    expect((await lab.check([...only, '--output', 'junit'], json)).stdout).toMatch(/^<\?xml /);
    expect(await refused(['--output', 'junit', '--only', 'x'], json)).toMatch(/^error: /);
    expect(await refused(['--output', 'junit=a.xml', '--only', 'x'], { FEDCTL_OUTPUT: 'json' })).toMatch(
      /^error: /,
    );
  });
});
