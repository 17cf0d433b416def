import { readFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chooseProfile } from '../../../src/lib/aws/profile.ts';
import { readSharedFiles, type SharedFiles } from '../../../src/lib/aws/shared-files.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { awsHome } from '../../support/aws-home.ts';
import { memoryContext } from '../../support/memory-context.ts';

const KEYS = 'aws_access_key_id = AKIAONE\naws_secret_access_key = one\n';

async function files(
  config: string,
  credentials = '',
  env: Record<string, string> = {},
): Promise<SharedFiles> {
  await using home = await awsHome(config, credentials);
  return await readSharedFiles(memoryContext({ env, home: home.path }), 2000);
}

interface ReadByBotocore {
  readonly config: Readonly<Record<string, object>>;
  readonly credentials: Readonly<Record<string, object>>;
}

test('files that the AWS CLI wrote are read as botocore reads them', async () => {
  const directory = new URL('written/', import.meta.url);
  const written = (name: string) => fileURLToPath(new URL(name, directory));
  const expected: ReadByBotocore = JSON.parse(readFileSync(written('read-by-botocore.json'), 'utf8'));
  const env = {
    AWS_CONFIG_FILE: written('config'),
    AWS_SHARED_CREDENTIALS_FILE: written('credentials'),
  };
  const read = await readSharedFiles(memoryContext({ env }), 2000);
  const { config, credentials } = expected;
  expect(read.profileNames).toEqual(
    [...new Set([...Object.keys(config), ...Object.keys(credentials)])].sort(),
  );
  expect(read.faults).toEqual([]);
  for (const name of read.profileNames) {
    expect(read.profile(name)).toEqual({
      settings: { ...config[name], ...credentials[name] },
      inConfig: config[name] ?? {},
      inCredentials: credentials[name] ?? {},
    });
  }
});

describe('names', () => {
  test.each<[string, string]>([
    ["[profile 'Foo Bar']", 'Foo Bar'],
    ['[profile "Foo Bar"]', 'Foo Bar'],
    ['[profile Foo\\ Bar]', 'Foo Bar'],
    ['[profile a,b]', 'a,b'],
    ['[profile dev(eu)]', 'dev(eu)'],
    ['[profile a=b]', 'a=b'],
    ['[profile a&b]', 'a&b'],
    ['[profile prüfung]', 'prüfung'],
    ['[profile  foo]', 'foo'],
    ['[profile foo ]', 'foo'],
    ['[profile\tfoo]', 'foo'],
    ['[profile foo]# production', 'foo'],
    ['[profile a@b+c%d:e.f/g]', 'a@b+c%d:e.f/g'],
    ['[default]', 'default'],
    ['[profile default]', 'default'],
    ['[profile __proto__]', '__proto__'],
  ])('%s of the config file', async (header, name) => {
    const read = await files(`${header}\nregion = x\n`);
    expect(read.profileNames).toEqual([name]);
    expect(read.profile(name)?.inConfig).toEqual({ region: 'x' });
  });

  test.each(['Foo Bar', 'my account', 'my old account', 'default', 'prüfung', 'profile foo'])(
    '[%s] of the credentials file',
    async (name) => {
      const read = await files('', `[${name}]\n${KEYS}`);
      expect(read.profileNames).toEqual([name]);
      expect(read.profile(name)?.inCredentials).toEqual({
        aws_access_key_id: 'AKIAONE',
        aws_secret_access_key: 'one',
      });
    },
  );

  test.each([
    '[foo]',
    '[profile foo bar]',
    '[profile]',
    "[profile o'brien]",
    '[ profile foo ]',
    '[Profile foo]',
  ])('%s of the config file is no profile', async (header) => {
    expect((await files(`${header}\nregion = x\n`)).profileNames).toEqual([]);
  });

  test('of two spellings of one name the later one counts, alone', async () => {
    const read = await files('[profile a]\nregion = x\noutput = json\n[profile "a"]\nregion = y\n');
    expect(read.profile('a')?.settings).toEqual({ region: 'y' });
  });

  test('of the sections that profiles name', async () => {
    const read = await files(
      '[sso-session "my corp"]\nsso_region = r\n[services "my lab"]\nsts =\n  endpoint_url = u\n[profile team #1]\n[profile "team #2"]\n[profile base]\n',
    );
    expect(read.ssoSession('my corp')).toEqual({ name: 'my corp', value: { sso_region: 'r' } });
    expect(read.ssoSession('my corp # ours')?.name).toBe('my corp');
    expect(read.services('my lab')?.value).toEqual({ sts: '', 'sts.endpoint_url': 'u' });
    expect(read.sourceProfile('team #2')?.name).toBe('team #2');
    expect(read.sourceProfile('base # the first')?.name).toBe('base');
    expect([read.sourceProfile('absent'), read.services('x'), read.ssoSession('x')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('both files', () => {
  test('the credentials file wins, setting by setting', async () => {
    const read = await files('[default]\nregion = x\noutput = json\n', '[default]\nregion = y\n');
    expect(read.profile('default')).toEqual({
      settings: { region: 'y', output: 'json' },
      inConfig: { region: 'x', output: 'json' },
      inCredentials: { region: 'y' },
    });
  });

  test('but never the parts of a key', async () => {
    const read = await files(
      '[default]\naws_access_key_id = ASIAOLD\naws_secret_access_key = old\naws_session_token = stale\n',
      `[default]\n${KEYS}`,
    );
    expect(read.profile('default')?.settings).toEqual({
      aws_access_key_id: 'AKIAONE',
      aws_secret_access_key: 'one',
    });
  });
});

describe('what is misspelt', () => {
  test.each<[string, string, string, string, string]>([
    [`[foo]\n${KEYS}`, '', 'foo', '[foo]', '[profile foo]'],
    [`[Profile foo]\n${KEYS}`, '', 'foo', '[Profile foo]', '[profile foo]'],
    [`[ profile foo ]\n${KEYS}`, '', 'foo', '[ profile foo ]', '[profile foo]'],
    [`[profile my corp]\n${KEYS}`, '', 'my corp', '[profile my corp]', "[profile 'my corp']"],
    [`[ default ]\n${KEYS}`, '', 'default', '[ default ]', '[default]'],
  ])('%j', async (config, credentials, name, wrong, right) => {
    const read = await files(config, credentials);
    expect(read.profile(name)).toBeNull();
    expect(read.misspelt(name)).toEqual({
      fault: `${read.configPath} has a section ${wrong}, but in this file, AWS tools do not read it as the profile "${name}".`,
      remedy: `Write ${right} instead of ${wrong} in ${read.configPath}.`,
    });
  });

  test('in the credentials file', async () => {
    const read = await files('', `[profile foo]\n${KEYS}`);
    expect(read.misspelt('foo')?.remedy).toBe(
      `Write [foo] instead of [profile foo] in ${read.credentialsPath}.`,
    );
    expect(read.misspelt('bar')).toBeNull();
  });
});

describe('places', () => {
  test.each<[string, string]>([
    ['~/other', 'other'],
    ['$HOME/other', 'other'],
    ['$'.concat('{HOME}/$NAME'), 'other'],
    ['other', 'other'],
  ])('%s', async (setting, name) => {
    await using home = await awsHome('');
    await home.write(name, '[default]\nregion = there\n');
    const env = { AWS_CONFIG_FILE: setting, HOME: home.path, NAME: name };
    const read = await readSharedFiles(memoryContext({ env, home: home.path, cwd: home.path }), 2000);
    expect([read.configPath, read.profile('default')?.settings]).toEqual([
      join(home.path, name),
      { region: 'there' },
    ]);
  });

  test('that a variable names and that do not exist are named', async () => {
    const env = { AWS_CONFIG_FILE: '/nowhere/$UNSET/c', AWS_SHARED_CREDENTIALS_FILE: '/dev/null/k' };
    const read = await readSharedFiles(memoryContext({ env }), 2000);
    expect([read.missing, read.faults, read.severe]).toEqual([
      [
        'AWS_CONFIG_FILE specifies /nowhere/$UNSET/c, which does not exist.',
        'AWS_SHARED_CREDENTIALS_FILE specifies /dev/null/k, which does not exist.',
      ],
      [],
      [],
    ]);
  });

  test('that nobody names and that do not exist are nothing', async () => {
    const read = await readSharedFiles(memoryContext({}), 2000);
    expect([read.missing, read.faults, read.profileNames]).toEqual([[], [], []]);
  });

  test('a device that holds nothing is an empty file', async () => {
    const env = { AWS_CONFIG_FILE: '/dev/null' };
    const read = await readSharedFiles(memoryContext({ env }), 2000);
    expect([read.missing, read.faults]).toEqual([[], []]);
  });
});

describe('files that cannot be used', () => {
  test('a directory, in the default place and by name', async () => {
    await using home = await awsHome('');
    const directory = join(home.path, 'directory');
    await mkdir(directory);
    const fault = `Cannot read "${directory}": it is a directory.`;
    const env = { AWS_CONFIG_FILE: directory };
    const named = await readSharedFiles(memoryContext({ env, home: home.path }), 2000);
    expect([named.faults, named.severe]).toEqual([[fault], [fault]]);
    const inDirectory = memoryContext({ home: directory });
    await mkdir(join(directory, '.aws', 'config'), { recursive: true });
    const found = await readSharedFiles(inDirectory, 2000);
    expect([found.faults, found.severe]).toEqual([
      [`Cannot read "${directory}/.aws/config": it is a directory.`],
      [],
    ]);
  });

  test.runIf(process.getuid?.() !== 0)('a home that may not be entered is one without files', async () => {
    await using home = await awsHome(`[default]\n${KEYS}`);
    await chmod(home.path, 0o000);
    const read = await readSharedFiles(memoryContext({ home: home.path }), 2000);
    await chmod(home.path, 0o700);
    expect([read.faults, read.profileNames]).toEqual([[], []]);
  });

  test('lines that are neither sections nor settings are counted, and not repeated', async () => {
    const read = await files(`[default]\n${KEYS}wJalrXUtnFEMI\n>>>>>>> main\n`);
    const fault = `${read.configPath}, line 4 (and 1 more), is neither a section nor a setting.`;
    expect([read.faults, read.severe, read.profileNames]).toEqual([[fault], [fault], ['default']]);
  });

  test('a file of another kind', async () => {
    const read = await files('', '{"default": {"aws_access_key_id": "A"}}');
    const fault = `${read.credentialsPath} has no section that AWS tools recognize, such as [default].`;
    expect([read.faults, read.severe]).toEqual([[fault], [fault]]);
  });

  test('one that is too large is a failure', async () => {
    await expect(files(`# ${'x'.repeat(8 * 1024 * 1024)}`)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: expect.stringMatching(/^Cannot read ".*\/\.aws\/config": it is larger than 8192 KiB\.$/),
    });
  });

  test('an interruption ends the reading', async () => {
    const reason = new Interruption('interrupted');
    const context = memoryContext({ signal: AbortSignal.abort(reason) });
    await expect(readSharedFiles(context, 2000)).rejects.toBe(reason);
  });
});

describe('the profile of a run', () => {
  const TWO = `[profile a]\nregion = a\n[profile b]\nregion = b\n`;

  test.each<[string | undefined, Record<string, string>, string, string]>([
    [undefined, { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'b' }, 'a', 'AWS_PROFILE'],
    [undefined, { AWS_DEFAULT_PROFILE: 'b' }, 'b', 'AWS_DEFAULT_PROFILE'],
    [undefined, { AWS_PROFILE: '', AWS_DEFAULT_PROFILE: 'b' }, 'b', 'AWS_DEFAULT_PROFILE'],
    ['b', { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'a' }, 'b', '--profile'],
    [undefined, { AWS_PROFILE: '', AWS_DEFAULT_PROFILE: '' }, 'default', 'default'],
  ])('%j %j', async (profile, env, name, source) => {
    const settings = profile === undefined ? {} : { profile };
    expect(chooseProfile(settings, env, await files(TWO))).toMatchObject({ name, source });
  });

  async function unknown(name: string, read: SharedFiles, source: 'AWS_PROFILE' | 'AWS_DEFAULT_PROFILE') {
    try {
      return chooseProfile({}, { [source]: name }, read);
    } catch (error) {
      if (isFedctlError(error)) return error;
      throw error;
    }
  }

  test('one that AWS_DEFAULT_PROFILE names and that does not exist', async () => {
    expect(await unknown('absent', await files(TWO), 'AWS_DEFAULT_PROFILE')).toMatchObject({
      code: 'aws.profile-unknown',
      message: 'The AWS profile "absent" from AWS_DEFAULT_PROFILE does not exist.',
      likelyCause: 'Neither the config file nor the credentials file has a section for this profile.',
    });
  });

  test('one whose section is misspelt', async () => {
    const read = await files(`[foo]\n${KEYS}`);
    expect(await unknown('foo', read, 'AWS_PROFILE')).toMatchObject({
      code: 'aws.profile-unknown',
      likelyCause: `${read.configPath} has a section [foo], but in this file, AWS tools do not read it as the profile "foo".`,
      remedy: `Write [profile foo] instead of [foo] in ${read.configPath}.`,
    });
  });

  test('one whose file does not exist', async () => {
    const read = await files('', '', { AWS_CONFIG_FILE: '/nowhere/c' });
    const missing = 'AWS_CONFIG_FILE specifies /nowhere/c, which does not exist.';
    expect(await unknown('foo', read, 'AWS_PROFILE')).toMatchObject({
      likelyCause: missing,
      details: { evidence: [`no profiles in /nowhere/c and ${read.credentialsPath}`, missing] },
    });
  });

  test('among thousands, the nearest ten are named and the others counted', async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `acct${String(index).padStart(5, '0')}/Admin`);
    const read = await files(names.map((name) => `[profile ${name}]\nregion = x\n`).join(''));
    const failure = await unknown('acct01234/Admn', read, 'AWS_PROFILE');
    expect(failure).toMatchObject({
      message:
        'The AWS profile "acct01234/Admn" from AWS_PROFILE does not exist; did you mean "acct01234/Admin"?',
      details: {
        known: expect.arrayContaining(['acct01234/Admin']),
        knownCount: 5000,
        evidence: [
          expect.stringMatching(
            /^the closest matches of 5000 known profiles: (?:acct\d{5}\/Admin, ){9}acct\d{5}\/Admin$/,
          ),
        ],
      },
    });
  });
});
