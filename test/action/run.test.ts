import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';
import { actionCheckout, actionFile, runAction, type StepResult } from '../support/github-runner.ts';

const actionPath = actionCheckout((bundle) => {
  copyFileSync(join(ROOT, 'test/support/stand-in-tool.mjs'), join(bundle, 'bin/fedctl.js'));
  writeFileSync(join(bundle, 'package.json'), '{"type":"module"}');
});

interface Call {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Played extends StepResult {
  /** How the tool was called; null when it was not. */
  readonly call: Call | null;
}

/** Runs the action with the stand-in for the tool. */
async function play(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  workspace?: string,
): Promise<Played> {
  const record = join(mkdtempSync(join(tmpdir(), 'fedctl-record-')), 'call.json');
  const result = await runAction({
    inputs,
    env: { STAND_IN_RECORD: record, ...env },
    actionPath,
    ...(workspace === undefined ? {} : { workspace }),
  });
  return { ...result, call: existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Call) : null };
}

/** What was set by the action alone, by name. */
function settings({ call }: Played): Record<string, string | undefined> {
  const names = Object.keys(call?.env ?? {}).filter((name) => /^(INPUT_|FEDCTL_|MONGODB_ATLAS_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, call?.env[name]]));
}

const GROUP = { name: 'group', properties: '', data: 'The report of fedctl check' };
const GROUP_END = { name: 'endgroup', properties: '', data: '' };

describe('the action', () => {
  test('hands every input over as a variable, and asks for its formats', async () => {
    const played = await play({
      uri: 'mongodb+srv://cluster0.example.mongodb.net/',
      audience: 'my-atlas',
      mechanism: 'both',
      config: 'ci/fedctl.yaml',
      'role-arn': 'arn:aws:iam::123456789012:role/app',
      profile: 'production',
      region: 'eu-west-1',
      'token-file': '/tmp/token.jwt',
      'atlas-project': '0123456789abcdef01234567',
      'atlas-client-id': 'mdb_sa_id_1',
      'atlas-client-secret': 'mdb_sa_sk_1',
      'atlas-public-key': 'public',
      'atlas-private-key': 'private',
      'fail-on': 'warn',
      wait: '60s',
      html: 'out.html',
      args: `--only mongo --privilege 'find@my db'`,
    });
    expect(settings(played)).toEqual({
      FEDCTL_URI: 'mongodb+srv://cluster0.example.mongodb.net/',
      FEDCTL_AUDIENCE: 'my-atlas',
      FEDCTL_MECHANISM: 'both',
      FEDCTL_CONFIG: 'ci/fedctl.yaml',
      FEDCTL_ROLE_ARN: 'arn:aws:iam::123456789012:role/app',
      FEDCTL_PROFILE: 'production',
      FEDCTL_REGION: 'eu-west-1',
      FEDCTL_TOKEN_FILE: '/tmp/token.jwt',
      FEDCTL_ATLAS_PROJECT: '0123456789abcdef01234567',
      FEDCTL_FAIL_ON: 'warn',
      FEDCTL_WAIT: '60s',
      MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_1',
      MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_1',
      MONGODB_ATLAS_PUBLIC_API_KEY: 'public',
      MONGODB_ATLAS_PRIVATE_API_KEY: 'private',
    });
    const report = expect.stringMatching(/^json=.*\/temp\/fedctl-check-\w+\/report\.json$/);
    const log = expect.stringMatching(/^human=.*\/temp\/fedctl-check-\w+\/report\.txt$/);
    const { workspace } = played;
    expect(played.call?.argv).toEqual([
      ...['check', '--output', 'github', '--output', report, '--output', log],
      ...['--output', `junit=${workspace}/fedctl-check.xml`, '--output', `html=${workspace}/out.html`],
      ...['--only', 'mongo', '--privilege', 'find@my db'],
    ]);
  });

  test('sets nothing that was not given, and leaves what the job has set, but not the formats', async () => {
    const played = await play(
      { junit: '' },
      { FEDCTL_AUDIENCE: 'of-the-job', FEDCTL_OUTPUT: 'html', FEDCTL_JSON: '1', FEDCTL_QUIET: '1' },
    );
    expect(settings(played)).toEqual({ FEDCTL_AUDIENCE: 'of-the-job' });
    expect(played.outputs).toMatchObject({ ok: 'true', junit: '', html: '' });
  });

  test('says that all is well', async () => {
    const { code, obeyed, outputs, summary, workspace } = await play({ html: 'out.html' });
    expect(outputs).toEqual({
      ok: 'true',
      'first-failure': '',
      code: '',
      junit: `${workspace}/fedctl-check.xml`,
      html: `${workspace}/out.html`,
      report: expect.stringMatching(/\/report\.json$/),
    });
    expect(readdirSync(workspace).sort()).toEqual(['fedctl-check.xml', 'out.html']);
    expect({ code, obeyed, summary }).toEqual({
      code: 0,
      obeyed: [GROUP, GROUP_END],
      summary: '## summary\n',
    });
  });

  test('ends as the tool does, with its annotations and where to begin', async () => {
    const { code, obeyed, outputs, stdout } = await play({}, { STAND_IN: 'broken' });
    expect(code).toBe(5);
    const closed = { name: 'error', properties: 'title=fedctl check%3A mongo.tcp', data: 'closed%0Aport' };
    expect(obeyed).toEqual([closed, GROUP, GROUP_END]);
    expect(outputs).toMatchObject({ ok: 'false', 'first-failure': 'mongo.tcp', code: 'mongo.port-closed' });
    // The report is there to be read, and what it quotes is not obeyed.
    expect(stdout).toContain('\n::set-output name=ok::pwned\n');
  });

  test('begins at a warning where warnings count', async () => {
    const { code, outputs } = await play({ 'fail-on': 'warn' }, { STAND_IN: 'warned' });
    expect({ code, outputs }).toMatchObject({
      code: 5,
      outputs: { ok: 'false', 'first-failure': 'mongo.tls', code: 'mongo.tls-expiring' },
    });
  });

  test.each([
    ['usage', 2, '--audience is missing: 100%25', 'usage.missing-audience'],
    ['silent', 1, 'fedctl check failed with exit code 1.', ''],
  ])('annotates what the tool could not answer: %s', async (ending, exit, message, failure) => {
    const { code, obeyed, outputs } = await play({}, { STAND_IN: ending });
    expect(code).toBe(exit);
    expect(obeyed).toEqual([{ name: 'error', properties: 'title=fedctl check', data: message }]);
    expect(outputs).toEqual({
      ok: 'false',
      'first-failure': '',
      code: failure,
      junit: '',
      html: '',
      report: '',
    });
  });

  test('runs in the directory that is named, below the workspace', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'fedctl-workspace-'));
    mkdirSync(join(workspace, 'infra'));
    const { call, outputs } = await play({ 'working-directory': 'infra' }, {}, workspace);
    expect(call?.cwd).toBe(join(workspace, 'infra'));
    expect(outputs['junit']).toBe(join(workspace, 'infra/fedctl-check.xml'));
    const { code, obeyed } = await play({ 'working-directory': 'nowhere' }, {}, workspace);
    expect({ code, obeyed }).toEqual({
      code: 2,
      obeyed: [
        {
          name: 'error',
          properties: 'title=fedctl check',
          data: 'The directory of the input working-directory does not exist.',
        },
      ],
    });
  });

  test('stops the tool when the job is cancelled, and ends as it does', async () => {
    // A second signal could arrive when the process already exits.
    let isCancelled = false;
    const { code, outputs, obeyed } = await runAction({
      inputs: {},
      env: { STAND_IN: 'stopped', STAND_IN_RECORD: '/dev/null' },
      actionPath,
      watch(stdout, kill) {
        if (isCancelled || !stdout.includes('waiting\n')) return;
        isCancelled = true;
        kill('SIGTERM');
      },
    });
    expect({ code, ok: outputs['ok'], data: obeyed.map(({ data }) => data) }).toEqual({
      code: 143,
      ok: 'false',
      data: ['fedctl check failed with exit code 143.'],
    });
  });

  test('masks secrets before it prints anything else', async () => {
    const { obeyed, stdout } = await play(
      {
        uri: 'mongodb://me:p%40ss@cluster0.example.mongodb.net/?authMechanismProperties=AWS_SESSION_TOKEN:FwoG%2F,A:b',
        'atlas-client-secret': 'mdb_sa_sk_1',
      },
      { MONGODB_ATLAS_PRIVATE_API_KEY: 'of\nthe job', STAND_IN: 'usage' },
    );
    expect(stdout.startsWith('::add-mask::')).toBe(true);
    expect(obeyed.map(({ name, data }) => `${name} ${data}`)).toEqual([
      'add-mask mdb_sa_sk_1',
      'add-mask of%0Athe job',
      'add-mask p%2540ss',
      'add-mask p@ss',
      'add-mask FwoG%252F',
      'add-mask FwoG/',
      'error --audience is missing: 100%25',
    ]);
  });
});

const ATTACKS = [
  '"; touch pwned; echo "',
  "'; touch pwned; echo '",
  '$(touch pwned)',
  '`touch pwned`',
  '&& touch pwned',
  `\${{ secrets.TOKEN }}`,
  '::set-output name=ok::pwned',
  '%0A::error::pwned',
  '--output=github=pwned',
];

/** What goes to the tool as a variable; names of files and arguments are looked at on their own. */
const VARIABLES = Object.keys(actionFile().inputs).filter(
  (name) => !['args', 'junit', 'html', 'working-directory'].includes(name),
);

describe('an input cannot', () => {
  test.each(ATTACKS)('do anything: %s', async (attack) => {
    const played = await play(Object.fromEntries(VARIABLES.map((name) => [name, attack])));
    const { code, call, workspace } = played;
    expect(code).toBe(0);
    expect(Object.keys(settings(played))).toHaveLength(VARIABLES.length);
    expect(new Set(Object.values(settings(played)))).toEqual(new Set([attack]));
    expect(call?.argv).toHaveLength(9);
    expect(readdirSync(workspace)).toEqual(['fedctl-check.xml']);
    // All that names it is the mask of those that are secrets.
    const named = played.obeyed.filter(({ name }) => name !== 'add-mask');
    expect(named).toEqual([GROUP, GROUP_END]);
    expect(played.outputs).toMatchObject({ ok: 'true', 'first-failure': '' });
  });

  test.each(ATTACKS)('do anything as a name of a file: %s', async (attack) => {
    const { code, outputs, workspace } = await play({ junit: attack.replaceAll('/', '_') });
    expect(code).toBe(0);
    expect(readdirSync(workspace)).toEqual([attack]);
    expect(outputs['junit']).toBe(join(workspace, attack));
  });

  test.each([
    ['; touch pwned', [';', 'touch', 'pwned']],
    ['"$(touch pwned)" $HOME *', ['$(touch pwned)', '$HOME', '*']],
    ['--only a\n::error::pwned', ['--only', 'a', '::error::pwned']],
  ])('do anything as more arguments: %j', async (attack, words) => {
    const { call, workspace, obeyed } = await play({ args: attack });
    expect(call?.argv.slice(9)).toEqual(words);
    expect(readdirSync(workspace)).toEqual(['fedctl-check.xml']);
    expect(obeyed).toEqual([GROUP, GROUP_END]);
  });

  test.each(Object.keys(actionFile().inputs).filter((name) => name !== 'args'))(
    'be of two lines, and is not repeated: %s',
    async (name) => {
      const { code, call, obeyed, stdout, stderr, outputs } = await play({ [name]: 'a\n::error::pwned' });
      expect({ code, call }).toEqual({ code: 2, call: null });
      expect(obeyed.filter((each) => each.name !== 'add-mask')).toEqual([
        {
          name: 'error',
          properties: 'title=fedctl check',
          data: `The input ${name} must be one line without control characters.`,
        },
      ]);
      expect(stdout.replaceAll(/^::add-mask::.*$/gm, '') + stderr).not.toContain('pwned');
      expect(outputs).toMatchObject({ ok: 'false', report: '' });
    },
  );

  test('leave a quote open', async () => {
    const { code, call, obeyed } = await play({ args: '--only "mongo' });
    expect({ code, call, data: obeyed[0]?.data }).toEqual({
      code: 2,
      call: null,
      data: 'The input args is invalid: missing closing quotation mark ".',
    });
  });
});
