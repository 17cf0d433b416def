import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CheckLab,
  type Environment,
  startCheckLab,
  WITHOUT_ATLAS,
  WITHOUT_TARGET,
} from '../support/check-lab.ts';

/** Exit code 0 means that every target was examined as far as it was asked. */

let lab: CheckLab;

beforeAll(async () => {
  lab = await startCheckLab();
});

afterAll(() => lab[Symbol.asyncDispose]());

const failed = (path: readonly string[]) => path.filter((each) => each.endsWith(' fail'));

describe('an input without which a chain cannot be examined', () => {
  const AUDIENCE = ['--audience', 'fedctl-lab'];
  const uri = () => ['--uri', lab.uri];

  test.each<[string, () => string[], readonly string[], Environment?]>([
    ['nothing at all', () => [], ['sts.mint fail', 'mongo.dns fail']],
    ['a variable with a typing error', () => AUDIENCE, ['mongo.dns fail'], { FEDCTL_URL: 'mongodb://x/' }],
    ['no audience', uri, ['sts.mint fail']],
    ['no connection string', () => AUDIENCE, ['mongo.dns fail']],
    ['a privilege and nowhere to look', () => [...AUDIENCE, '--privilege', 'insert@app'], ['mongo.dns fail']],
    ['AWS keys and nowhere to log in', () => ['--mechanism', 'aws'], ['mongo.dns fail']],
    ['only the database, and none is named', () => [...AUDIENCE, '--only', 'mongo'], ['mongo.dns fail']],
    ['only the token, and no audience', () => ['--only', 'jwt'], ['sts.mint fail']],
  ])('%s', async (_what, args, expected, env = {}) => {
    const { code, document, path, of } = await lab.answer(args(), { ...WITHOUT_TARGET, ...env });
    expect({ code, ok: document.ok, failed: failed(path) }).toEqual({ code: 5, ok: false, failed: expected });
    for (const [id = ''] of expected.map((each) => each.split(' '))) {
      expect(of(id)?.code).toBe(id === 'sts.mint' ? 'usage.missing-audience' : 'usage.missing-uri');
    }
  });

  test.each(['human', 'json', 'junit', 'github', 'markdown', 'html'])(
    'is told with its code: %s',
    async (format) => {
      const { code, stdout } = await lab.check(['--output', format, '--quiet'], WITHOUT_TARGET);
      expect(code).toBe(5);
      expect(stdout).toContain('usage.missing-uri');
      expect(stdout).toContain('usage.missing-audience');
    },
  );

  test('is not missed by whoever asks for less', async () => {
    expect((await lab.answer(['--only', 'sts', ...AUDIENCE], WITHOUT_TARGET)).code).toBe(0);
    expect((await lab.answer(['--skip', 'mongo', ...AUDIENCE], WITHOUT_TARGET)).code).toBe(0);
    expect((await lab.answer(['--only', 'aws.clock', '--fail-on', 'warn'], WITHOUT_TARGET)).code).toBe(0);
    expect((await lab.answer(['--only', 'mongo.hello', ...uri()], WITHOUT_TARGET)).code).toBe(0);
  });

  test('of an API alone is no connection string, and AWS keys name their own login', async () => {
    const api = await lab.answer([...AUDIENCE, '--api', 'http://127.0.0.1:1/'], WITHOUT_TARGET);
    expect(failed(api.path)).toEqual(['net.api fail']);
    expect(api.path.filter((each) => each.startsWith('mongo.'))).toEqual([]);
    const { path } = await lab.answer(['--mechanism', 'aws'], WITHOUT_TARGET);
    expect(path.filter((each) => each.includes('.login'))).toEqual(['mongo.aws.login skip']);
  });
});

describe('what Atlas would tell', () => {
  test('fails where it was asked for and no credentials are set', async () => {
    const { code, path, of } = await lab.answer(['--only', 'atlas'], WITHOUT_ATLAS);
    expect({ code, failed: failed(path) }).toEqual({ code: 5, failed: ['atlas.api fail'] });
    expect(of('atlas.api')?.code).toBe('atlas.credentials-missing');
  });

  test('fails where it was asked for and the API does not answer', async () => {
    const { code, of } = await lab.answer(['--only', 'atlas.cluster'], {
      FEDCTL_ATLAS_URL: 'http://127.0.0.1:1',
    });
    expect(code).toBe(5);
    expect(of('atlas.api')).toMatchObject({ status: 'fail', code: 'atlas.unreachable' });
  });

  test('fails where it was asked for and no project is named', async () => {
    const { code, of } = await lab.answer(['--only', 'atlas'], { MONGODB_ATLAS_PROJECT_ID: undefined });
    expect(code).toBe(5);
    expect(of('atlas.api')).toMatchObject({ status: 'fail', code: 'atlas.project-unnamed' });
  });

  test('fails where it was asked for and the cluster is not found', async () => {
    const { code, of } = await lab.answer(['--only', 'atlas.cluster', '--uri', 'mongodb://127.0.0.1:1/']);
    expect(code).toBe(5);
    expect(of('atlas.cluster')).toMatchObject({
      status: 'fail',
      code: 'atlas.cluster-unnamed',
      detail:
        'No cluster of the project matches the hosts in the connection string. The clusters of the project are: lab.',
    });
  });

  test.each(['human', 'json', 'junit', 'github', 'markdown', 'html'])(
    'is shown as skipped, with its code, where nobody asked: %s',
    async (format) => {
      const { code, stdout } = await lab.check(['--output', format], WITHOUT_ATLAS);
      expect(code).toBe(0);
      expect(stdout).toContain('atlas.credentials-missing');
    },
  );

  test('counts for --fail-on warn, unless it is left out', async () => {
    const { code, document } = await lab.answer(['--fail-on', 'warn'], WITHOUT_ATLAS);
    expect({ code, ok: document.ok }).toEqual({ code: 5, ok: false });
    expect((await lab.answer(['--fail-on', 'warn', '--skip', 'atlas'], WITHOUT_ATLAS)).code).toBe(0);
  });
});

describe('what would never be examined is refused before anything is asked', () => {
  const NO_TOKEN = 'MONGODB-AWS logs in with AWS credentials, without a token';
  const FROM_FILE = 'the token comes from a file, so no token is minted';
  const NO_DATABASE = 'only an API is given, without a connection string';
  const API = ['--api', 'http://127.0.0.1:1/'];

  test.each<[string, readonly string[], string, Environment?]>([
    ['--soak', ['--mechanism', 'aws', '--soak', '2m'], NO_TOKEN],
    ['--token-file', ['--mechanism', 'aws', '--token-file', 'absent.jwt'], NO_TOKEN],
    ['--subject', ['--mechanism', 'aws', '--subject', '*'], NO_TOKEN],
    ['--negative', ['--mechanism', 'aws', '--negative'], NO_TOKEN],
    ['--soak', ['--token-file', 'absent.jwt', '--soak', '2m'], FROM_FILE],
    ['--negative', ['--token-file', 'absent.jwt', '--negative'], FROM_FILE],
    ['--soak', [...API, '--soak', '2m'], NO_DATABASE, WITHOUT_TARGET],
    ['--privilege', [...API, '--privilege', 'insert@app'], NO_DATABASE, WITHOUT_TARGET],
    ['--write-probe', [...API, '--write-probe', 'a.b'], NO_DATABASE, WITHOUT_TARGET],
  ])('%s of %j', async (option, args, why, env = {}) => {
    const before = lab.lab.log.entries().length;
    const { code, stdout, stderr } = await lab.check(args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${option} requests a check that would not run: ${why}.\n`);
    expect(lab.lab.log.entries()).toHaveLength(before);
  });

  test('a check that the target does not ask for, and a run without any check', async () => {
    for (const id of ['mongo.oidc.soak', 'net.api', 'sts.role', 'mongo.aws']) {
      expect((await lab.check(['--only', id])).stderr).toContain(
        `error: --only ${id} selects no check for this target.\n`,
      );
    }
    const all = ['config', 'aws', 'sts', 'iam', 'jwt', 'issuer', 'atlas', 'mongo'].flatMap((id) => [
      '--skip',
      id,
    ]);
    const { code, stderr } = await lab.check(all);
    expect(code).toBe(2);
    expect(stderr).toContain('error: --skip excludes every check.\n');
    expect(stderr).toContain('code:   usage.nothing-to-check\n');
  });
});

describe('an option that was typed and that nothing uses', () => {
  test.each([
    [['--issuer', 'https://idp.example.com'], '--issuer'],
    [['--signing-algorithm', 'ES384'], '--signing-algorithm'],
    [['--duration', '2m'], '--duration'],
  ])('%j beside AWS keys is refused', async (args, option) => {
    const { code, stdout, stderr } = await lab.check(['--mechanism', 'aws', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `error: ${option} applies to a token, but MONGODB-AWS uses AWS credentials, so no token is checked.
cause:  The option does not apply to the selected mechanism.
remedy: Remove ${option}, or set --mechanism to oidc or both.
code:   usage.invalid-command-line
`,
    );
  });

  test.each([
    [['--atlas-project', '0123456789abcdef01234567'], '--atlas-project'],
    [['--atlas-cluster', 'orders'], '--atlas-cluster'],
    [['--atlas-url', 'https://cloud.mongodb.com'], '--atlas-url'],
  ])('%j without credentials of Atlas is refused', async (args, option) => {
    const { code, stdout, stderr } = await lab.check(args, WITHOUT_ATLAS);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(
      `error: ${option} requires the Atlas API, but no Atlas API credentials are set.\n`,
    );
    expect(stderr).toContain('code:   atlas.credentials-missing\n');
  });

  test('may be set as a variable for other runs', async () => {
    const { code, stderr } = await lab.check(['--mechanism', 'aws'], {
      FEDCTL_ISSUER: 'https://idp.example.com',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
