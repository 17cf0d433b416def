import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import type { ResolvedCredentials } from '../../src/lib/core/credentials.ts';
import { Interruption } from '../../src/lib/core/deadline.ts';
import type { MintRequest } from '../../src/lib/core/token.ts';
import { fakeAws, forgedToken, sessionKeys } from '../support/fake-aws.ts';
import { type MemoryContextOptions, MemoryOutput, memoryContext } from '../support/memory-context.ts';
import { runMain, saidIn } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const API = 'https://my.api';
const PLAIN: MintRequest = { audience: [API], signingAlgorithm: 'RS256', durationSeconds: 300, tags: [] };
const TOKEN = forgedToken(PLAIN, NOW);

interface World extends MemoryContextOptions {
  readonly keys?: ResolvedCredentials;
  readonly vend?: (request: MintRequest, signal: AbortSignal) => Promise<string>;
}

async function run(argv: readonly string[], { keys, vend, ...given }: World = {}) {
  const fake = fakeAws({
    now: () => NOW,
    ...(keys === undefined ? {} : { keys }),
    ...(vend === undefined ? {} : { vend }),
  });
  const context = memoryContext({ now: () => NOW, aws: fake.aws, ...given });
  return { ...(await runMain(['token', ...argv], context)), calls: fake.calls, fake };
}

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fedctl-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describe('the answer', () => {
  test('is the token and a newline, and nothing else', async () => {
    const result = await run(['--audience', API]);
    expect(saidIn(result)).toEqual({ code: 0, stdout: `${TOKEN}\n`, stderr: '' });
    expect(result.calls).toEqual([{ by: 'AKIAALICE', call: 'getWebIdentityToken', request: PLAIN }]);
  });

  test('on a terminal a line on stderr says who, for whom and until when', async () => {
    const fake = fakeAws({ now: () => NOW });
    // A terminal without a width gets no spinner, only the line.
    const stderr = new MemoryOutput({ isTTY: true, columns: 0 });
    const context = { ...memoryContext({ now: () => NOW, aws: fake.aws }), stderr };
    expect(await main(['token', '--audience', API, '--no-color'], context)).toBe(0);
    expect([context.stdout.text, stderr.text]).toEqual([
      `${TOKEN}\n`,
      'token of arn:aws:iam::123456789012:user/alice for https://my.api, valid until 2026-11-22T12:05:00Z (5 min)\n',
    ]);
    stderr.text = '';
    expect(await main(['token', '--audience', API, '--quiet'], context)).toBe(0);
    expect(stderr.text).toBe('');
  });

  test('as a header, for curl -H @file', async () => {
    expect(saidIn(await run(['--audience', API, '--format', 'header']))).toEqual({
      code: 0,
      stdout: `Authorization: Bearer ${TOKEN}\n`,
      stderr: '',
    });
  });

  const document = {
    schema: 'fedctl.token/v1',
    token: TOKEN,
    issuer: 'https://0a1b2c3d.tokens.sts.global.api.aws',
    subject: 'arn:aws:iam::123456789012:user/alice',
    audience: [API],
    algorithm: 'RS256',
    keyId: 'RSA_0',
    tokenId: '11111111-2222-4333-8444-555555555555',
    issuedAt: '2026-11-22T12:00:00Z',
    issuedAtEpoch: 1795348800,
    expiresAt: '2026-11-22T12:05:00Z',
    expiresAtEpoch: 1795349100,
    warnings: [],
  };

  test.each([['--json'], ['--format=json'], ['--json', '--format=json']])(
    'as a document: %s',
    async (...flags) => {
      const { code, stdout, stderr } = await run(['--audience', API, ...flags]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual(document);
      expect(stdout).toBe(`${JSON.stringify(document)}\n`);
      expect(schemaFaults('token', document)).toEqual([]);
    },
  );

  test('warns of what a relying party may refuse: on stderr, or in the document', async () => {
    const argv = ['--audience', 'a', '--audience', 'b', '--signing-algorithm', 'ES384'];
    const env = { FEDCTL_URI: 'mongodb+srv://cluster0.example.mongodb.net/' };
    // Others accept ES384: without a connection string nothing is said of MongoDB.
    expect((await run(argv)).stderr).toMatch(/^warning: The token is valid for 2 relying parties/);
    const human = await run(argv, { env });
    expect(human.stderr).toBe(`warning: MongoDB 7.0 and 8.0 accept RS256 only and reject this token.
         For MongoDB, use RS256.
         fedctl token --audience a --audience b --signing-algorithm RS256
warning: The token is valid for 2 relying parties. Each relying party can present the token to the others, and many relying parties reject a list in "aud".
         Mint a separate token for each relying party: "fedctl token --audience <audience>".
`);
    const json = await run([...argv, '--json'], { env });
    expect(json.stderr).toBe('');
    const parsed: { warnings: { code: string }[] } = JSON.parse(json.stdout);
    expect(parsed.warnings.map(({ code }) => code)).toEqual([
      'sts.es384-and-mongodb',
      'sts.several-audiences',
    ]);
    expect(schemaFaults('token', parsed)).toEqual([]);
  });
});

describe('what is asked of AWS', () => {
  test('everything that was typed', async () => {
    const argv =
      '--audience a --audience b --signing-algorithm ES384 --duration 1h --tag team=payments --tag expr=a=b';
    const { calls } = await run(argv.split(' '));
    expect(calls[0]?.request).toEqual({
      audience: ['a', 'b'],
      signingAlgorithm: 'ES384',
      durationSeconds: 3600,
      tags: [
        { key: 'team', value: 'payments' },
        { key: 'expr', value: 'a=b' },
      ],
    });
  });

  test('FEDCTL_AUDIENCE is one audience, and flags replace it', async () => {
    const env = { FEDCTL_AUDIENCE: 'a,b c' };
    expect((await run([], { env })).calls[0]?.request).toMatchObject({ audience: ['a,b c'] });
    expect((await run(['--audience', 'x'], { env })).calls[0]?.request).toMatchObject({ audience: ['x'] });
  });

  test('auto is the longest that fits the session', async () => {
    const keys = sessionKeys(new Date('2026-11-22T12:10:00Z'));
    const { calls } = await run(['--audience', API, '--duration', 'auto'], { keys });
    expect(calls.map(({ request }) => request)).toEqual([{ ...PLAIN, durationSeconds: 570 }]);
  });

  test('as a role, which is assumed first', async () => {
    const argv = [
      '--audience',
      API,
      '--role-arn',
      'arn:aws:iam::123456789012:role/app',
      '--external-id',
      'e-1',
    ];
    const { calls } = await run([...argv, '--session-name', 'me']);
    expect(calls).toEqual([
      {
        by: 'AKIAALICE',
        call: 'assumeRole',
        request: { roleArn: 'arn:aws:iam::123456789012:role/app', sessionName: 'me', externalId: 'e-1' },
      },
      { by: 'ASIA-app', call: 'getWebIdentityToken', request: PLAIN },
    ]);
  });
});

/** How a refusal of fedctl's own reads. */
/** @param remedy what to do, and after a line break what to run */
/** @param remedy what to do, and after a line break what to run */
const refused = (code: number, message: string, cause: string, remedy: string, name: string) => ({
  code,
  stdout: '',
  stderr: `error: ${message}\ncause:  ${cause}\nremedy: ${remedy}\ncode:   ${name}\n`,
});
const NOT_SENT = 'AWS would reject the request, so fedctl does not send it.';
const PER_PARTY = 'Mint one token for each relying party, each with its own --audience <audience>.';

describe('bad input makes no call, and says what and where', () => {
  const many = Array.from({ length: 11 }, (_, i) => ['--audience', `a${i}`]).flat();
  test.each<[string, string[], ReturnType<typeof refused>]>([
    [
      'no audience',
      [],
      refused(
        2,
        'No audience was given. Every token requires an audience.',
        'Every token requires an audience, and there is no default audience.',
        'Specify the audience with --audience <audience> or FEDCTL_AUDIENCE.',
        'usage.missing-audience',
      ),
    ],
    [
      '11 audiences',
      many,
      refused(
        2,
        'A token has at most 10 audiences, but 11 are given.',
        NOT_SENT,
        PER_PARTY,
        'usage.invalid-value',
      ),
    ],
    [
      'an audience of 1001 characters',
      ['--audience', 'ok', '--audience', 'x'.repeat(1001)],
      refused(
        2,
        'Audience 2 has 1001 characters; AWS accepts at most 1000.',
        NOT_SENT,
        PER_PARTY,
        'usage.invalid-value',
      ),
    ],
    [
      'the same tag in another case',
      ['--audience', 'a', '--tag', 'Team=a', '--tag', 'team=b'],
      refused(
        2,
        'Tags 1 and 2 have the same key. AWS ignores case in tag keys.',
        NOT_SENT,
        'Write the tag as --tag <key>=<value>, with a different key for each tag.',
        'usage.invalid-value',
      ),
    ],
    [
      'a tag without a value',
      ['--audience', 'a', '--tag', 'a=b', '--tag', 'team'],
      refused(
        2,
        'Tag 2 does not have the form <key>=<value>.',
        'The option does not accept this value.',
        'Write the tag as --tag <key>=<value>.',
        'usage.invalid-value',
      ),
    ],
    ...['59s', '61m'].map((text, index): [string, string[], ReturnType<typeof refused>] => [
      `a duration of ${text}`,
      ['--audience', 'a', '--duration', text],
      refused(
        2,
        `Invalid duration ${[59, 3660][index]} s: expected 60 to 3600 whole seconds (1 min to 1 h).`,
        NOT_SENT,
        'Choose a duration from 1m to 1h, such as --duration 5m.',
        'usage.invalid-value',
      ),
    ]),
    [
      'a duration that is none',
      ['--audience', 'a', '--duration', 'automatic'],
      refused(
        2,
        'Invalid --duration "automatic": expected a duration such as 90s, 5m or 1h, or auto.',
        'The option does not accept this value.',
        'Read the help of the command.\nrun:    fedctl token --help',
        'usage.invalid-value',
      ),
    ],
    [
      'an external id without a role',
      ['--audience', 'a', '--external-id', 'x'],
      refused(
        2,
        '--external-id requires --role-arn.',
        'The option applies only to the session of an assumed role.',
        'Add --role-arn <arn>, or remove --external-id.\nrun:    fedctl token --audience a',
        'usage.invalid-command-line',
      ),
    ],
    [
      'a format that there is not',
      ['--audience', 'a', '--format', 'jwt'],
      refused(
        2,
        'Invalid --format "jwt": expected raw, json, header.',
        'The option does not accept this value.',
        'Read the help of the command.\nrun:    fedctl token --help',
        'usage.invalid-value',
      ),
    ],
  ])('%s', async (_what, argv, expected) => {
    const result = await run(argv);
    expect(saidIn(result)).toEqual(expected);
    expect([result.calls, result.fake.settings]).toEqual([[], []]);
  });

  test('json and a header at once', async () => {
    const { code, stdout, stderr } = await run(['--audience', 'a', '--json', '--format', 'header']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'usage.invalid-command-line',
        message: '--output json and --format header are mutually exclusive.',
      },
    });
  });
});

test('a session that is too short is refused here, with both numbers', async () => {
  const keys = sessionKeys(new Date('2026-11-22T12:04:10Z'));
  const result = await run(['--audience', API], { keys });
  expect(saidIn(result)).toEqual(
    refused(
      4,
      "A token of 5 min would expire after the caller's session, which expires in 4 min 10 s (2026-11-22T12:04:10Z).",
      'A token must expire before the session of the caller expires. AWS does not shorten the lifetime of the token.',
      'Mint a token with a lifetime of at most 3 min 40 s, or renew the session.\nrun:    fedctl token --audience https://my.api --duration 220s',
      'sts.session-too-short',
    ),
  );
  expect(result.calls).toEqual([]);
});

describe('--out', () => {
  test.each<[string, string[], string]>([
    ['the token', [], TOKEN],
    ['a header', ['--format', 'header'], `Authorization: Bearer ${TOKEN}`],
  ])(
    'leaves %s in a file: 0600, no newline, nothing beside it, and stdout empty',
    async (_what, argv, content) => {
      const cwd = await directory();
      await writeFile(join(cwd, 'token'), 'an older and much longer content'.repeat(100), { mode: 0o644 });
      const result = await run(['--audience', API, '--out', 'token', ...argv], { cwd });
      expect(saidIn(result)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await readFile(join(cwd, 'token'), 'utf8')).toBe(content);
      expect((await stat(join(cwd, 'token'))).mode & 0o777).toBe(0o600);
      expect(await readdir(cwd)).toEqual(['token']);
    },
  );

  test('under json the document goes there, with its warnings', async () => {
    const cwd = await directory();
    const result = await run(['--audience', 'a', '--audience', 'b', '--json', '--out', 'token.json'], {
      cwd,
    });
    expect(saidIn(result)).toEqual({ code: 0, stdout: '', stderr: '' });
    const document: { warnings: { code: string }[] } = JSON.parse(
      await readFile(join(cwd, 'token.json'), 'utf8'),
    );
    expect(schemaFaults('token', document)).toEqual([]);
    expect(document.warnings.map(({ code }) => code)).toEqual(['sts.several-audiences']);
  });

  test('refuses a directory and a link, and leaves them as they were', async () => {
    const cwd = await directory();
    await mkdir(join(cwd, 'directory'));
    await symlink('/dev/stdout', join(cwd, 'link'));
    for (const [name, kind] of [
      ['directory', 'a directory'],
      ['link', 'a symbolic link'],
    ] as const) {
      expect(saidIn(await run(['--audience', API, '--out', name], { cwd }))).toEqual(
        refused(
          2,
          `Cannot write "${join(cwd, name)}": it is ${kind}, but a secret requires a regular file.`,
          'The target is not a regular file, or its directory is not writable.',
          'Choose another file.',
          'usage.unwritable-output',
        ),
      );
    }
    expect((await readdir(cwd)).sort()).toEqual(['directory', 'link']);
    expect(await readdir(join(cwd, 'directory'))).toEqual([]);
  });
});

test('Ctrl-C while AWS thinks ends with 130 and says nothing', async () => {
  const controller = new AbortController();
  const vend = (_request: MintRequest, signal: AbortSignal) =>
    new Promise<string>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('Request aborted')), { once: true });
      controller.abort(new Interruption('interrupted'));
    });
  const result = await run(['--audience', API], { vend, signal: controller.signal });
  expect(saidIn(result)).toEqual({ code: 130, stdout: '', stderr: '' });
});

test('--help shows examples first', async () => {
  const { stdout } = await run(['--help']);
  expect(stdout.startsWith('Examples:\n  $ fedctl token --audience https://my.api\n')).toBe(true);
});
