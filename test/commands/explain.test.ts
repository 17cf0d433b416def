import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { Interruption } from '../../src/lib/core/deadline.ts';
import { CODES } from '../../src/lib/failures/pages.ts';
import { type MemoryContextOptions, MemoryOutput, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

async function run(args: readonly string[], options: MemoryContextOptions = {}) {
  const context = memoryContext(options);
  return runMain(['explain', ...args], context);
}

describe('fedctl explain CODE', () => {
  test.each(['mongo.oidc-refused', 'sts.mint-denied', 'mongo.driver.allowed-hosts'])(
    'prints the page of %s',
    async (code) => {
      const said = await run([code]);
      expect({ ...said, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
      await expect(said.stdout).toMatchFileSnapshot(`golden/explain/${code}.golden`);
    },
  );

  test('wraps prose to the terminal, and leaves whole what is to be typed', async () => {
    const context = memoryContext();
    const stdout = new MemoryOutput({ columns: 50 });
    await main(['explain', 'sts.mint-denied'], { ...context, stdout });
    const lines = stdout.text.split('\n');
    expect(lines).toContain(
      '  aws iam simulate-principal-policy --policy-source-arn <arn> --action-names sts:GetWebIdentityToken',
    );
    const long = lines.filter((line) => line.length > 50);
    expect(
      long.every((line) => /^ {2}(aws|fedctl|https:)/.test(line) || /^sts\.|^ {2}sts\./.test(line)),
    ).toBe(true);
  });

  test('is a screen or two, for every code', async () => {
    for (const code of CODES) {
      const { stdout } = await run([code]);
      expect(stdout.split('\n').length, code).toBeLessThanOrEqual(65);
    }
  });

  test('answers every code by a document of its schema', async () => {
    for (const code of CODES) {
      const { code: exit, stdout, stderr } = await run([code, '--json']);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      expect(schemaFaults('explain', JSON.parse(stdout)), code).toEqual([]);
    }
  });

  test('says which code is nearest to one that does not exist', async () => {
    expect(await run(['sts.mint-denid'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Unknown code "sts.mint-denid"; did you mean sts.mint-denied?
cause:  No failure has this code.
remedy: List all codes, or read the page of a suggested code.
run:    fedctl explain sts.mint-denied
code:   usage.invalid-value
`,
    });
    expect((await run(['throttled'])).stderr).toContain('; did you mean aws.throttled?\n');
    expect((await run(['moon'])).stderr).toContain('Unknown code "moon".\n');
  });

  test('takes the text of an error for what it is, and repeats nothing that is no code', async () => {
    const { code, stderr } = await run(['bad auth : Authentication failed. for hunter2']);
    expect(code).toBe(2);
    expect(stderr).toBe(`error: Invalid code; did you mean mongo.atlas-auth-error?
cause:  The argument does not have the format of a code, such as sts.mint-denied. To explain the text of an error, pass the text on standard input.
remedy: Read the page of a suggested code, or pipe the text of the error into "fedctl explain -".
run:    fedctl explain mongo.atlas-auth-error
code:   usage.invalid-value
`);
    expect((await run(['Authentication failed.'])).stderr).toBe(`error: Invalid code.
cause:  The argument does not have the format of a code, such as sts.mint-denied. To explain the text of an error, pass the text on standard input.
remedy: Pipe the text of the error into "fedctl explain -".
run:    fedctl explain -
code:   usage.invalid-value
`);
    expect((await run(['STS.MINT-DENIED'])).stderr).toContain(
      'Invalid code; did you mean sts.mint-denied?\n',
    );
    expect((await run(['MongoServerError: bad auth'])).stderr).toContain('\nrun:    fedctl explain -\n');
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';
    const refused = await run([token]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('\ncode:   usage.token-as-argument\n');
    expect(refused.stderr).not.toContain(token.slice(0, 20));
  });
});

describe('fedctl explain', () => {
  test('lists every code with its title, by area', async () => {
    const human = await run([]);
    const json = await run(['--json']);
    const lines = human.stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'usage',
      `  ${'usage.file-exists'.padEnd(38)}  the file already exists`,
      `  ${'usage.invalid-command-line'.padEnd(38)}  invalid command line`,
    ]);
    expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(CODES.length);
    expect(schemaFaults('explanations', JSON.parse(json.stdout))).toEqual([]);
    expect([human.code, json.code]).toEqual([0, 0]);
  });

  test('lists them, too, where stdin is no terminal and empty', async () => {
    expect((await run([], { input: '' })).stdout).toMatch(/^usage\n {2}usage\.file-exists /);
  });
});

const LOG = [
  'Server listening on 8080',
  'MongoServerError: bad auth : Authentication failed.',
  '    at Connection.sendCommand (/app/node_modules/mongodb/lib/cmap/connection.js:299:27) {',
  "  errorLabelSet: Set(2) { 'HandshakeError', 'ResetPool' },",
  "  code: 8000, codeName: 'AtlasError'",
  '}',
].join('\r\n');

describe('fedctl explain -', () => {
  test('names the likeliest code of a pasted log, and why', async () => {
    const expected = {
      code: 0,
      stdout: `mongo.atlas-auth-error: Atlas rejected the login (8000)
  line 2, Atlas, any driver prints: bad auth : Authentication failed.

More: fedctl explain mongo.atlas-auth-error
`,
      stderr: '',
    };
    expect(await run(['-'], { input: LOG })).toEqual(expected);
    expect(await run([], { input: LOG })).toEqual(expected);
  });

  test('answers by a document of its schema', async () => {
    const { code, stdout, stderr } = await run(['-', '--json'], { input: LOG });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(schemaFaults('explain-text', JSON.parse(stdout))).toEqual([]);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'fedctl.explain-text/v1',
      matches: [
        {
          code: 'mongo.atlas-auth-error',
          title: 'Atlas rejected the login (8000)',
          from: 'Atlas, any driver',
          text: 'bad auth : Authentication failed.',
          line: 2,
        },
      ],
      warnings: [],
    });
  });

  test('answers no where nothing is known', async () => {
    const human = await run(['-'], { input: 'Segmentation fault\n' });
    const json = await run(['-', '--json'], { input: '' });
    expect(human).toEqual({
      code: 5,
      stdout: `No known failure matches this text. Include the complete lines, with the names of the programs.

Try instead:
  fedctl check                         check the whole chain and report the first failure
  fedctl explain                       list all codes
  <program> 2>&1 | fedctl explain -    include nested errors: print error.cause and error.reason too
`,
      stderr: '',
    });
    expect(json.code).toBe(5);
    expect(JSON.parse(json.stdout)).toEqual({ schema: 'fedctl.explain-text/v1', matches: [], warnings: [] });
  });

  test('repeats no secret of the text', async () => {
    const secrets = [
      'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl',
      'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      'IQoJb3JpZ2luX2VjEXAMPLETOKEN',
      'hunter2',
    ];
    const input = `connect ECONNREFUSED ${secrets[0]}:27017 is not authorized to perform: ${secrets[1]} on resource: x
An error occurred (ExpiredToken): AWS_SESSION_TOKEN=${secrets[2]}
mongodb://user:${secrets[3]}@host/ getaddrinfo ENOTFOUND ${secrets[3]}
`;
    for (const format of [[], ['--json'], ['--verbose']]) {
      const { code, stdout, stderr } = await run(['-', ...format], { input });
      expect(code).toBe(0);
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
    }
  });

  test('reads a log of any length to its end, keeps the last of it, and counts its lines', async () => {
    const input = `${'a line that says nothing at all\n'.repeat(100_000)}${LOG}`;
    const { stdout } = await run(['-'], { input });
    expect(stdout).toContain('  line 100002, Atlas, any driver prints: ');
  });

  test('waits for the end of a program that is still talking, and ends at once on Ctrl-C', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    const stop = new AbortController();
    const context = memoryContext({ signal: stop.signal });
    const running = main(['explain', '-'], { ...context, stdin });
    stdin.write(LOG);
    stop.abort(new Interruption('interrupted'));
    expect(await running).toBe(130);
    expect(context.stdout.text).toBe('');
  });

  test('asks for a paste on a terminal', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const context = memoryContext();
    const running = main(['explain', '-'], { ...context, stdin });
    stdin.end(LOG);
    expect(await running).toBe(0);
    expect(context.stderr.text).toBe('Paste the error, then press Enter and Ctrl-D.\n');
  });
});
