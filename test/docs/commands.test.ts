import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.js';
import { HELP_TOPICS } from '../../src/commands/topics/topics.ts';
import { ROOT } from '../architecture/imports.ts';
import {
  blocks,
  DOCUMENTS,
  type DocumentedBlock,
  languages,
  place,
  runBlock,
} from '../support/documented-commands.ts';
import { parseTyped } from '../support/example-commands.ts';
import { ISOLATES } from '../support/isolation.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const BLOCKS = DOCUMENTS.flatMap(blocks);
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
  scripts: Record<string, string>;
};

/** The blocks whose marker begins so, each with a title. */
function marked(pattern: RegExp): readonly (readonly [string, DocumentedBlock])[] {
  return BLOCKS.filter(({ marker }) => pattern.test(marker)).map((block) => [
    `${block.document}:${block.line}`,
    block,
  ]);
}

describe('the documents', () => {
  test('have shell commands in blocks of sh only', () => {
    const found = DOCUMENTS.flatMap((document) => languages(document).map((each) => `${document}: ${each}`));
    expect(found.filter((each) => !/: (sh|yaml|json|js|python|text)$/.test(each))).toEqual([]);
  });

  test('say of each block how it is tested', () => {
    const known =
      /^(|exit \d+(, with [\w.]+)?|until ".+"|lab|account|clone|release|programs|inside|isolate)$/;
    expect(BLOCKS.filter(({ marker }) => !known.test(marker))).toEqual([]);
    expect(BLOCKS.length).toBeGreaterThan(40);
  });

  test.each(marked(/^/))('%s is valid for bash', (_title, { text }) => {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('a block that needs nothing', { timeout: 120_000 }, () => {
  test.each(marked(/^$/))('%s', async (_title, { text }) => {
    const { code, output } = await runBlock(text, place());
    expect(code, output).toBe(0);
  });

  test.skipIf(!ISOLATES).each(marked(/^isolate$/))(
    '%s, in a network of its own',
    async (_title, { text }) => {
      const { code, output } = await runBlock(text, place());
      expect(code, output).toBe(0);
    },
  );

  test.each(marked(/^exit /))('%s', async (_title, { document, marker, text }) => {
    const [, exit, file] = /^exit (\d+)(?:, with ([\w.]+))?$/.exec(marker) ?? [];
    const there = place();
    if (file !== undefined) {
      const page = readFileSync(join(ROOT, document), 'utf8');
      const [, content = ''] = new RegExp(`^\`\`\`yaml\n(# ${file}.*?)^\`\`\``, 'ms').exec(page) ?? [];
      expect(content).not.toBe('');
      writeFileSync(join(there.work, file), content);
    }
    const { code, output } = await runBlock(text, there);
    expect(code, output).toBe(Number(exit));
  });

  test.each(marked(/^until /))('%s', async (_title, { marker, text }) => {
    const [, until = ''] = /"(.+)"/.exec(marker) ?? [];
    const { code, output } = await runBlock(text, place(), { until });
    expect(output).toContain(until);
    expect([0, 130]).toContain(code);
  });

  test.each(marked(/^inside$/))('%s', async (_title, { text }) => {
    const there = place();
    writeFileSync(join(there.work, 'test.sh'), text);
    const { code, output } = await runBlock('fedctl sandbox -- sh test.sh', there);
    expect(code, output).toBe(0);
  });
});

describe('a block in a lab', { timeout: 120_000 }, () => {
  let lab: RunningLab;

  beforeAll(async () => {
    lab = await runLab();
    expect((await lab.run(['enable', '--no-wait'])).code).toBe(0);
  }, 60_000);

  afterAll(() => lab.stop());

  test.each(marked(/^lab$/))('%s', async (_title, { text }) => {
    const { code, output } = await runBlock(text, place(), { env: lab.env });
    expect(code, output).toBe(0);
  });
});

/** What stands for the programs of a block: writes down how it was called. */
const RECORDER = `exec '${process.execPath}' -e '
const [name, ...argv] = process.argv.slice(1);
const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => key.startsWith("FEDCTL_")));
fs.appendFileSync(process.env.RECORD, JSON.stringify({ name, argv, env }) + "\\n");
' -- "$(basename "$0")" "$@"`;

interface Call {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Files that blocks read. */
const READ = ['token.jwt', 'error.txt', 'jwks.json'];

async function calls(text: string): Promise<readonly Call[]> {
  const names = ['fedctl', 'aws', 'atlas', 'kubectl', 'npm', 'npx', 'node', 'mongosh', 'mongodump', 'curl'];
  const there = place(Object.fromEntries(names.map((name) => [name, RECORDER])));
  const record = join(there.home, 'record');
  writeFileSync(record, '');
  for (const name of READ) writeFileSync(join(there.work, name), '');
  await runBlock(text, there, { env: { RECORD: record, URI: 'mongodb://127.0.0.1:9/' }, options: '-u' });
  const lines = readFileSync(record, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Call);
}

/** Has fedctl read a command line; one that runs fedctl again is read as well. */
async function parsed(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const divider = argv.indexOf('--');
  const [program = '', ...inner] = divider === -1 ? [] : argv.slice(divider + 1);
  if (basename(program) === 'fedctl') await parsed(inner, env);
  if (argv[0] === '--version') return;
  if (argv[0] === 'help') expect(HELP_TOPICS.map(({ name }) => name)).toContain(argv[1]);
  else await parseTyped(argv, env);
}

/** The calls of the Atlas CLI that documents make, with their options: docs.mongodb.com/atlas/cli, version 1.40. */
const ATLAS: Readonly<Record<string, readonly string[]>> = {
  'federatedAuthentication federationSettings describe': ['--orgId', '--output'],
  'federatedAuthentication federationSettings identityProvider create oidc aws': [
    '--federationSettingsId',
    '--idpType',
    '--issuerUri',
    '--audience',
    '--authorizationType',
    '--userClaim',
    '--groupsClaim',
    '--desc',
    '--output',
  ],
  'federatedAuthentication federationSettings connectedOrgConfigs connect': [
    '--identityProviderId',
    '--federationSettingsId',
    '--orgId',
    '--protocol',
  ],
  'dbusers create': ['--username', '--oidcType', '--role', '--projectId'],
  'accessLists create 203.0.113.7': ['--type', '--projectId'],
};

/** The same of the AWS CLI. */
const AWS: Readonly<Record<string, readonly string[]>> = {
  'iam put-role-policy': ['--role-name', '--policy-name', '--policy-document'],
};

function expectKnown(known: Readonly<Record<string, readonly string[]>>, argv: readonly string[]): void {
  const at = argv.findIndex((word) => word.startsWith('-'));
  expect(Object.keys(known)).toContain(argv.slice(0, at).join(' '));
  const options = argv.filter((word) => word.startsWith('--'));
  expect(options).toEqual(known[argv.slice(0, at).join(' ')]);
}

describe('a block that needs a real account', { timeout: 60_000 }, () => {
  test.each(marked(/^account$/))(
    '%s is understood by the programs that it runs',
    async (_title, { text }) => {
      const made = await calls(text);
      const typed = text.split('\n').filter((line) => /^[^#]*\bfedctl [a-z-]/.test(line));
      expect(made.filter(({ name }) => name === 'fedctl').length).toBeGreaterThanOrEqual(typed.length);
      for (const { name, argv, env } of made) {
        if (name === 'fedctl') await parsed(argv, env);
        if (name === 'atlas') expectKnown(ATLAS, argv);
        if (name === 'aws') expectKnown(AWS, argv);
      }
    },
  );

  test('the policy of the README lets a role mint for its audience and no other', async () => {
    const [, policy = ''] =
      /<<'JSON'\n(.*?)^JSON$/ms.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    const users = [{ name: 'app', policies: { Mint: JSON.parse(policy) } }];
    const accounts = [{ id: '123456789012', federation: 'enabled', users }];
    const there = place();
    writeFileSync(join(there.work, 'lab.yaml'), JSON.stringify({ accounts }));
    for (const [options, exit] of [
      ['--audience my-atlas', 0],
      ['--audience other', 4],
      ['--audience my-atlas --audience other', 4],
    ] as const) {
      const { code, output } = await runBlock(
        `fedctl sandbox --config lab.yaml -- fedctl token ${options}`,
        there,
      );
      expect(code, output).toBe(exit);
    }
  });
});

describe('a block for a clone', () => {
  test.each(marked(/^clone$/))('%s runs scripts that exist', async (_title, { text }) => {
    const there = place({ npm: RECORDER, npx: RECORDER });
    const record = join(there.home, 'record');
    writeFileSync(record, '');
    symlinkSync(join(ROOT, 'bin'), join(there.work, 'bin'));
    const { code, output } = await runBlock(text, there, { env: { RECORD: record } });
    expect(code, output).toBe(0);
    const made = readFileSync(record, 'utf8').trim().split('\n');
    for (const { name, argv } of made.map((line) => JSON.parse(line) as Call)) {
      if (name === 'npm' && argv[0] === 'run') expect(Object.keys(PACKAGE.scripts)).toContain(argv[1]);
      else if (name === 'npm') expect(['ci', 'cit', 'test']).toContain(argv[0]);
      else expect(argv[0]).toMatch(/^(vitest|biome)$/);
    }
  });
});

describe('a block for a release', { timeout: 120_000 }, () => {
  // GNU tar and sha256sum, which the job's Ubuntu has.
  test.skipIf(process.platform !== 'linux').each(marked(/^release$/))(
    '%s installs it',
    async (_title, { text }) => {
      const there = place({ fedctl: 'exit 99' });
      const name = `fedctl-v${PACKAGE.version}.tar.gz`;
      await bundle(join(there.home, 'bundle'));
      execFileSync('tar', ['--transform', 's,^bundle,fedctl,', '-czf', join(there.work, name), 'bundle'], {
        cwd: there.home,
      });
      const sum = execFileSync('sha256sum', [name], { cwd: there.work });
      writeFileSync(join(there.work, `${name}.sha256`), sum);
      mkdirSync(join(there.home, 'none'));
      const { code, output } = await runBlock(text, { ...there, bin: join(there.home, 'none') });
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringMatching(new RegExp(`: OK\n${PACKAGE.version}\n$`)),
      });
    },
  );
});
