import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { fakeTerminal, typeWhenShown } from '../support/fake-terminal.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';
import { ACCOUNT, failure, ISSUER, type Script, scriptedAws, USER_ARN } from '../support/scripted-aws.ts';

/** stdin is a pipe without anything in it, unless it is to be a terminal. */
async function disable(
  args: readonly string[],
  script: Script = {},
  { stdin = 'pipe', ...given }: MemoryContextOptions & { readonly stdin?: 'pipe' | 'terminal' } = {},
) {
  const { aws, calls } = scriptedAws({ federation: 'enabled', ...script });
  const context = memoryContext({ aws, ...(stdin === 'pipe' ? { input: '' } : {}), ...given });
  return { ...(await runMain(['disable', ...args], context)), calls };
}

/** On a terminal, where somebody types `keys` when asked. */
async function disableTyping(keys: string, args: readonly string[] = []) {
  const { aws, calls } = scriptedAws({ federation: 'enabled' });
  const terminal = fakeTerminal();
  const context = { ...memoryContext({ aws }), ...terminal };
  typeWhenShown(terminal, `Type the account ID ${ACCOUNT}`, keys);
  const code = await main(['disable', '--no-color', ...args], context);
  return { code, stdout: context.stdout.text, stderr: terminal.stderr.text, calls };
}

const hints = `Disabling outbound federation for the whole account ${ACCOUNT}
  as ${USER_ARN}, Region eu-west-1
Without federation, no workload of the account can mint tokens for any service.
Issued tokens stay valid for up to an hour, the keys stay published, and STS
continues to mint for about ten seconds.
`;
const answer = `disabled Outbound federation of account ${ACCOUNT} is now disabled.

  account        ${ACCOUNT}
  principal      ${USER_ARN}
  Region         eu-west-1
  issuer         ${ISSUER}   (does not change)
  minting        stops in about ten seconds
  issued tokens  stay valid for up to an hour
  to undo        fedctl enable
`;
const CHANGE = 'disableOutboundFederation';

describe('with --yes', () => {
  test('tells what breaks, and does it', async () => {
    expect(await disable(['--yes'])).toEqual({
      code: 0,
      stdout: answer,
      stderr: hints,
      calls: ['getCallerIdentity', 'outboundFederationInfo', CHANGE],
    });
  });

  test('names the endpoint overrides before', async () => {
    const run = await disable(['--yes'], {
      overrides: [{ service: 'iam', url: 'http://127.0.0.1:2', source: 'AWS_ENDPOINT_URL' }],
    });
    expect(run.stderr.split('\n')[2]).toBe('  through http://127.0.0.1:2 for IAM (AWS_ENDPOINT_URL)');
  });

  test('answers one JSON document', async () => {
    const run = await disable(['--yes', '--json']);
    const document = JSON.parse(run.stdout);
    expect(schemaFaults('disable', document)).toEqual([]);
    expect(document).toEqual({
      schema: 'fedctl.disable/v1',
      account: ACCOUNT,
      principal: USER_ARN,
      region: 'eu-west-1',
      endpointOverrides: [],
      state: 'disabled',
      changed: true,
      issuer: ISSUER,
      warnings: [],
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  test('also where the state may not be read', async () => {
    const run = await disable(['--yes'], { federation: 'info-denied' });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('  issuer         unknown; it does not change\n');
    expect(run.calls).toContain(CHANGE);
  });

  test('a refusal of AWS is the failure', async () => {
    const run = await disable(['--yes'], { fail: { [CHANGE]: failure('iam.permission-missing') } });
    expect(run).toMatchObject({ code: 4, stdout: '' });
    expect(run.stderr).toContain('error: AWS says iam.permission-missing.\n');
  });
});

test.each([[[]], [['--yes']], [['--no-input']]])(
  'disabled already: says so, asks nothing, changes nothing (%j)',
  async (args) => {
    expect(await disable(args, { federation: 'disabled' })).toEqual({
      code: 0,
      stdout: `disabled Outbound federation of account ${ACCOUNT} was already disabled. Nothing was changed.\n`,
      stderr: '',
      calls: ['getCallerIdentity', 'outboundFederationInfo'],
    });
  },
);

describe('without a terminal to ask on', () => {
  const refusal = `error: Disabling outbound federation for the whole account ${ACCOUNT} requires a confirmation.
cause:  The command requires a confirmation, but fedctl has no terminal for the prompt.
remedy: Run the command in a terminal, or confirm the change in advance with --yes.
code:   usage.needs-confirmation
`;

  test.each([
    ['stdin and stderr are pipes', [], {}],
    ['only stdin is a terminal', [], { stdin: 'terminal' }],
    ['only stderr is a terminal', ['--no-color'], { terminal: true }],
    ['--no-input', ['--no-input', '--no-color'], { terminal: true, stdin: 'terminal' }],
    ['FEDCTL_YES does not count', [], { env: { FEDCTL_YES: '1' } }],
  ] as const)('%s', async (_what, args, given) => {
    const run = await disable(args, {}, given);
    expect(run.stderr).toBe(hints + refusal);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.calls).not.toContain(CHANGE);
  });

  test('under --json nobody is asked, whatever the terminal', async () => {
    const run = await disable(['--json'], {}, { terminal: true, stdin: 'terminal' });
    expect(JSON.parse(run.stderr).error).toMatchObject({
      code: 'usage.needs-confirmation',
      remedy: 'Run the command in a terminal, or confirm the change in advance with --yes.',
      command: null,
      details: { account: ACCOUNT },
    });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.calls).not.toContain(CHANGE);
  });
});

describe('on a terminal', () => {
  test('the account ID confirms', async () => {
    const run = await disableTyping(`${ACCOUNT}\r`);
    expect(run).toMatchObject({ code: 0, stdout: answer });
    expect(run.stderr.startsWith(hints)).toBe(true);
    expect(run.calls).toContain(CHANGE);
  });

  test.each([
    ['another account ID', '210987654321\r'],
    ['yes', 'yes\r'],
    ['nothing', '\r'],
    ['Ctrl-D', '\u0004'],
  ])('%s does not', async (_what, keys) => {
    const run = await disableTyping(keys);
    expect(run.stderr).toContain(`error: Nothing was changed: the input is not the account ID ${ACCOUNT}.
cause:  The typed text does not match the account ID, so nothing was changed.
remedy: Repeat the command and type the account ID.
code:   usage.not-confirmed
`);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.calls).not.toContain(CHANGE);
  });

  test('Ctrl-C ends the run with 130', async () => {
    const run = await disableTyping(`${ACCOUNT}\u0003`);
    expect(run).toMatchObject({ code: 130, stdout: '' });
    expect(run.calls).not.toContain(CHANGE);
  });
});
