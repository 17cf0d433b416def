import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../lib/core/context.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { runChild } from '../lib/exec/run-child.ts';
import { insideLab } from '../sandbox/environment.ts';
import type { Lab } from '../sandbox/running-lab.ts';
import { type Answer, command } from './command.ts';

/** One step of the demo: the reason for the step, its command, and the expected exit code. */
interface Step {
  readonly why: string;
  readonly type: readonly string[];
  readonly exit: number;
}

/**
 * The steps of the demo, in the order in which an operator performs them. The file `token.jwt` is in a
 * temporary directory that is removed after the demo.
 */
const STEPS: readonly Step[] = [
  { why: 'In a new account, outbound federation is disabled.', type: ['status'], exit: EXIT.done },
  {
    why: 'Enable outbound federation. The command waits until STS mints tokens.',
    type: ['enable'],
    exit: EXIT.done,
  },
  {
    why: 'The account now has an issuer with public keys.',
    type: ['status'],
    exit: EXIT.done,
  },
  {
    why: 'Mint a token for the audience that Atlas expects.',
    type: ['token', '--audience', 'fedctl-lab', '--out', 'token.jwt'],
    exit: EXIT.done,
  },
  { why: 'Decode the token.', type: ['decode', 'token.jwt'], exit: EXIT.done },
  {
    why: 'Verify the token with the keys of the issuer, as a relying party does.',
    type: ['verify', 'token.jwt', '--audience', 'fedctl-lab'],
    exit: EXIT.done,
  },
  {
    why: 'Get temporary session credentials for the mechanism MONGODB-AWS.',
    type: ['credentials'],
    exit: EXIT.done,
  },
  {
    why: 'Log in to MongoDB with a token, then write and read a document.',
    type: ['connect', '--mechanism', 'oidc', '--write-probe'],
    exit: EXIT.done,
  },
  {
    why: 'Log in to MongoDB with AWS credentials, then write and read a document.',
    type: ['connect', '--mechanism', 'aws', '--write-probe'],
    exit: EXIT.done,
  },
  {
    why: 'Log in with a token for a different audience. The server says only "Authentication failed."',
    type: ['connect', '--mechanism', 'oidc', '--audience', 'some-other-audience'],
    exit: EXIT.refused,
  },
];

interface StepResult {
  readonly command: string;
  readonly exitCode: number;
  readonly expectedExitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const demo = command({
  arguments: '',
  without: ['profile', 'region', 'timeout', 'noInput'],
  examples: ['fedctl demo'],
  notes: `
Starts the lab and runs the main tasks of fedctl, each as a separate process. Prints the command line and output of each
step, and stops the lab at the end. Requires no account, no network and no terminal.`,
  options: {},
  async run({ context, common, theme, print, progress }): Promise<Answer> {
    const { startLab } = await import('../sandbox/lab.ts');
    const directory = await mkdtemp(join(tmpdir(), 'fedctl-demo-'));
    const results: StepResult[] = [];
    let lab: Lab | null = null;
    try {
      lab = await progress.during('Starting the lab', () =>
        startLab({ now: context.now, fedctl: context.self, tls: false, replicaSet: null, mongoPort: 0 }),
      );
      for (const step of STEPS) {
        const typed = `fedctl ${step.type.join(' ')}`;
        if (results.length > 0) print('');
        print(theme.dim(`# ${step.why}`));
        print(theme.strong(`$ ${typed}`));
        const result = await runStep(context, lab, step, directory, common.output === 'json');
        if (context.signal.aborted) throw context.signal.reason;
        results.push({ command: typed, ...result });
        if (result.exitCode !== step.exit) throw broken(typed, step.exit, result.exitCode);
      }
    } finally {
      await lab?.close();
      await rm(directory, { recursive: true, force: true });
    }
    const document = { schema: 'fedctl.demo/v1', steps: results } as const;
    return {
      document,
      lines: [
        '',
        `${theme.good('The demo is complete')}: every step had the expected result, and the lab is stopped.`,
      ],
    };
  },
});

/**
 * Runs one step as a child process. With JSON output, the output of the child process is collected for the
 * document. Otherwise the child process inherits stdout and stderr.
 */
async function runStep(context: Context, lab: Lab, step: Step, directory: string, keep: boolean) {
  const [node = '', ...script] = context.self;
  const said = { stdout: '', stderr: '' };
  const { code } = await runChild(context, {
    command: node,
    args: [...script, ...step.type],
    env: insideLab(context.env, lab.env, lab.binDirectory),
    cwd: directory,
    stdio: keep ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    started(child) {
      for (const name of ['stdout', 'stderr'] as const) {
        child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
          said[name] += chunk;
        });
      }
    },
  });
  return { exitCode: code, expectedExitCode: step.exit, ...said };
}

function broken(typed: string, expected: number, seen: number): FedctlError {
  return new FedctlError('lab.demo-step-failed', {
    message: `"${typed}" exited with code ${seen} instead of ${expected}.`,
    remedy: `Run the step alone with "fedctl sandbox -- ${typed}".`,
    details: { command: typed, exitCode: seen, expectedExitCode: expected },
  });
}
