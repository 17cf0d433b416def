import { resolve } from 'node:path';
import { Interruption } from '../lib/core/deadline.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { runChild } from '../lib/exec/run-child.ts';
import { readBoundedFile } from '../lib/files/bounded-file.ts';
import { writeSecretFile } from '../lib/files/secret-file.ts';
import { labLogLine } from '../lib/render/sandbox.ts';
import { exportLines, insideLab } from '../sandbox/environment.ts';
import type { Lab } from '../sandbox/lab.ts';
import { AUTH_ERRORS } from '../sandbox/mongod/settings.ts';
import { DEFAULT_SERVER_LINE, SERVER_LINES, SERVER_VERSIONS } from '../sandbox/mongod/versions.ts';
import { PLATFORMS } from '../sandbox/platforms.ts';
import { type Answer, command, type Ended, type Invocation } from './command.ts';
import { choice, integer } from './options/kinds.ts';
import { type OptionTable, text, toggle } from './options/option.ts';
import { announce } from './sandbox/announce.ts';
import { refuseRunningLab, refuseUnwritableEnvFile } from './sandbox/env-file.ts';
import { labStarter, listScenarios } from './sandbox/scenarios.ts';

/** In bytes; with data to load. */
const LARGEST_CONFIG = 16 * 1024 * 1024;

const OPTIONS = {
  as: choice('--as <platform>', 'let the command find keys and Region as on', PLATFORMS, null),
  tls: toggle('--tls', 'serve everything under a CA made for this lab'),
  replicaSet: text('--replica-set <name>', 'let the MongoDB server be the only member of a replica set'),
  srv: toggle('--srv', 'serve MongoDB behind mongodb+srv, through a DNS of its own; implies --tls'),
  mongoPort: integer(
    '--mongo-port <port>',
    'port of the MongoDB server instead of a free one',
    { from: 1, to: 65535, noun: 'port' },
    null,
  ),
  serverVersion: choice(
    '--server-version <line>',
    'line of MongoDB servers to play; 9.0 knows EC keys',
    SERVER_LINES,
    DEFAULT_SERVER_LINE,
  ),
  authError: choice(
    '--auth-error <whose>',
    "whose answer a refused login gets: mongod's 18, or the 8000 of Atlas's proxy",
    AUTH_ERRORS,
    'mongod',
  ),
  propagation: choice(
    '--propagation <state>',
    'let STS follow enable and disable after 8 to 12 seconds, as at AWS',
    ['on', 'off'],
    'off',
  ),
  maxConnections: integer(
    '--max-connections <n>',
    'hang up on clients beyond this many connections',
    { from: 1, to: 999_999 },
    null,
  ),
  clusterName: text('--cluster-name <name>', 'name of the cluster, for scopes of users (default: lab)'),
  config: text('--config <file>', 'play what this YAML file declares', { env: false }),
  scenario: text('--scenario <name>', 'start enabled and healthy but for one thing, broken as in reality'),
  listScenarios: toggle('--list-scenarios', 'what can be broken, and what a diagnosis must find', {
    env: false,
  }),
  detach: toggle('--detach', 'start the lab in the background and return; `fedctl sandbox stop` ends it', {
    env: false,
  }),
  state: text('--state <folder>', 'keep accounts, keys and data there between runs', { env: false }),
  envFile: text('--env-file <file>', 'write the variables to a file only you can read', { env: false }),
} as const;

export const sandbox = command({
  arguments: '[command...]',
  without: ['profile', 'region', 'noInput'],
  runsProgram: true,
  examples: [
    'fedctl sandbox -- fedctl connect --mechanism aws    # run one command in a new lab',
    "fedctl sandbox -- sh -c 'fedctl enable && fedctl connect --mechanism oidc'",
    'fedctl sandbox --env-file lab.env                   # stay up; elsewhere: . ./lab.env',
    'fedctl sandbox --detach --env-file lab.env          # in the background, until fedctl sandbox stop',
    'fedctl sandbox --tls -- bash                        # a shell inside, everything under TLS',
    'fedctl sandbox --state ./lab                        # accounts, keys and data outlive the lab',
    'fedctl sandbox --config sandbox.yaml                # accounts, identities, users and data of your own',
    'fedctl sandbox --as ec2 -- fedctl whoami            # keys as an EC2 instance has them',
    'fedctl sandbox --scenario database-user-missing -- fedctl connect   # one thing is broken: which?',
    'fedctl sandbox --srv -- fedctl connect --mechanism aws   # through SRV and TXT records, as on Atlas',
  ],
  notes: `
The lab plays AWS STS, AWS IAM, the issuer and a MongoDB server, on loopback only. It starts with outbound
federation disabled: \`fedctl enable\` has something to do. Profiles in it: default (user operator), app and etl
(roles), no-mint (may not mint), org (an account in an organization), mfa-user (a user with an MFA device) and mfa
(a role that wants its code; the secret for an authenticator is in a file that the lab names).

--as sets the environment as a platform does, for the role app and without profiles: ec2 (instance metadata, version
2), ecs (container credentials), lambda (session keys in the environment), eks (a projected token and
AssumeRoleWithWebIdentity). Federation is enabled there from the start: a workload may not do it.

--scenario plays one failure of the real world in a lab that is otherwise enabled and healthy; the command needs no
option to meet it. --list-scenarios names them, with the code that a diagnosis must reach.

With a command, the lab ends with it and exits with its code. Without one it stays up until Ctrl-C and prints the
variables to export, and \`fedctl sandbox status\`, \`set\`, \`scenario\`, \`clock\`, \`log\` and \`stop\` read and change it: they find it by
those variables. --verbose shows each decision of the lab with its true reason.`,
  options: OPTIONS,
  async run(invocation): Promise<Answer | Ended> {
    const { context, options } = invocation;
    if (options.listScenarios) return await listScenarios();
    await refuseUnwritableEnvFile(invocation, options.envFile);
    await refuseRunningLab(invocation, options.envFile);
    if (options.detach) {
      const { detach } = await import('./sandbox/detach.ts');
      return await detach(invocation, OPTIONS, options.envFile);
    }
    const start = await labStarter(options);
    const description = options.config === null ? undefined : await readConfig(invocation, options.config);
    const state = options.state === null ? null : await openState(invocation, options.state);
    const lab = await invocation.progress.during('Starting the lab', () =>
      start({
        now: context.now,
        fedctl: context.self,
        ...(description === undefined ? {} : { description }),
        kept: state?.kept ?? null,
        tls: options.tls,
        replicaSet: options.replicaSet,
        srv: options.srv,
        mongoPort: options.mongoPort ?? 0,
        ...(options.clusterName === null ? {} : { clusterName: options.clusterName }),
        mongod: {
          serverVersion: SERVER_VERSIONS[options.serverVersion],
          authError: options.authError,
          ...(options.maxConnections === null ? {} : { maxConnections: options.maxConnections }),
        },
        as: options.as,
        propagation: options.propagation === 'on',
      }),
    );
    const unfollow = invocation.common.verbose
      ? lab.log.follow((entry) => invocation.stderr.write([labLogLine(entry)]))
      : () => {};
    try {
      await state?.write(lab, true);
      if (invocation.args.length === 0) return await stayUp(invocation, lab, options.envFile);
      if (options.envFile !== null) await writeSecretFile(options.envFile, exportLines(lab.env));
      return await runInside(invocation, lab);
    } finally {
      unfollow();
      try {
        await state?.write(lab, false);
      } finally {
        await lab.close();
      }
    }
  },
});

/** Loads what only a lab with a state needs. */
async function openState(invocation: Invocation<OptionTable>, folder: string) {
  const { openState: open } = await import('./sandbox/state.ts');
  return await open(invocation, folder);
}

/** Loads YAML and the schema, which only a lab with a configuration needs. */
async function readConfig({ common, context }: Invocation<OptionTable>, file: string) {
  const { readSandboxConfig } = await import('../sandbox/config/read.ts');
  const text = await readBoundedFile(
    resolve(context.cwd, file),
    LARGEST_CONFIG,
    context.signal,
    common.timeoutMs,
  );
  return readSandboxConfig(text, file);
}

/** Runs the command inside; whoever stops the lab in the meantime terminates it. */
async function runInside({ context, args, stderr }: Invocation<OptionTable>, lab: Lab): Promise<Ended> {
  const [program = '', ...rest] = args;
  const env = insideLab(context.env, lab.env, lab.binFolder);
  const stopping = new AbortController();
  lab.controls.stopping.addEventListener('abort', () => stopping.abort(new Interruption('terminated')));
  context.signal.addEventListener('abort', () => stopping.abort(context.signal.reason));
  if (context.signal.aborted) stopping.abort(context.signal.reason);
  const { code, failure } = await runChild(
    { ...context, signal: stopping.signal },
    { command: program, args: rest, env, stdio: 'inherit' },
  );
  if (failure !== null) stderr.write([`error: cannot run ${program}: ${failure.message}`]);
  return { exitCode: code };
}

/** Says what the lab plays, then waits for Ctrl-C, which is how this is meant to end. */
async function stayUp(invocation: Invocation<OptionTable>, lab: Lab, envFile: string | null): Promise<Ended> {
  const { context } = invocation;
  const status = lab.controls.status();
  await announce(invocation, { env: lab.env, pid: context.pid, status, end: 'Ctrl-C ends the lab' }, envFile);
  await new Promise<void>((resolve) => {
    for (const signal of [context.signal, lab.controls.stopping]) {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
  return { exitCode: EXIT.done };
}
