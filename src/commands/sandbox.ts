import { resolve } from 'node:path';
import type { Context } from '../lib/core/context.ts';
import { Interruption } from '../lib/core/deadline.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { runChild } from '../lib/exec/run-child.ts';
import { readBoundedFile } from '../lib/files/bounded-file.ts';
import { writeSecretFile } from '../lib/files/secret-file.ts';
import { labLogLine } from '../lib/render/sandbox.ts';
import { changed, exportLines, insideLab } from '../sandbox/environment.ts';
import type { Isolation } from '../sandbox/isolation/isolate.ts';
import { AUTH_ERRORS } from '../sandbox/mongod/settings.ts';
import { DEFAULT_SERVER_LINE, SERVER_LINES, SERVER_VERSIONS } from '../sandbox/mongod/versions.ts';
import { PLATFORMS } from '../sandbox/platforms.ts';
import type { Lab, LabOptions } from '../sandbox/running-lab.ts';
import { type Answer, command, type Ended, type Invocation } from './command.ts';
import { choice, integer } from './options/kinds.ts';
import { type OptionTable, text, toggle } from './options/option.ts';
import { announce } from './sandbox/announce.ts';
import { refuseRunningLab, refuseUnwritableEnvFile } from './sandbox/env-file.ts';
import { isolationWarnings, requireCommand } from './sandbox/isolation.ts';
import { labStarter, listScenarios } from './sandbox/scenarios.ts';

/** Maximum size of the configuration file in bytes. The file may contain documents to load into MongoDB. */
const LARGEST_CONFIG = 16 * 1024 * 1024;

const OPTIONS = {
  as: choice(
    '--as <platform>',
    'Platform whose credential sources the lab emulates for the command',
    PLATFORMS,
    null,
  ),
  isolate: toggle('--isolate', 'Run the command in a network that contains only the lab (Linux)', {
    env: false,
  }),
  tls: toggle('--tls', 'Use TLS for all servers, with certificates from a CA of the lab'),
  replicaSet: text('--replica-set <name>', 'Name of a replica set whose only member is the MongoDB server'),
  srv: toggle('--srv', 'Serve MongoDB as mongodb+srv through a DNS server of the lab; implies --tls'),
  mongoPort: integer(
    '--mongo-port <port>',
    'Port of the MongoDB server (default: a free port)',
    { from: 1, to: 65535, noun: 'port' },
    null,
  ),
  serverVersion: choice(
    '--server-version <line>',
    `MongoDB release to emulate; only 9.0 accepts ES256 and ES384 tokens (default: ${DEFAULT_SERVER_LINE})`,
    SERVER_LINES,
    DEFAULT_SERVER_LINE,
  ),
  authError: choice(
    '--auth-error <whose>',
    'Error code of a rejected login: mongod uses 18, atlas uses 8000 (default: mongod)',
    AUTH_ERRORS,
    'mongod',
  ),
  propagation: choice(
    '--propagation <state>',
    'Delay of 8 to 12 seconds before federation changes take effect, as on AWS (default: off)',
    ['on', 'off'],
    'off',
  ),
  maxConnections: integer(
    '--max-connections <n>',
    'Maximum number of connections; further connections are closed',
    { from: 1, to: 999_999 },
    null,
  ),
  clusterName: text(
    '--cluster-name <name>',
    'Name of the cluster, for the scopes of database users (default: lab)',
  ),
  config: text('--config <file>', 'YAML file with the configuration of the lab', { env: false }),
  scenario: text('--scenario <name>', 'Failure scenario to activate in a lab that is otherwise healthy', {
    values: 'scenarios',
  }),
  listScenarios: toggle('--list-scenarios', 'List the scenarios with their failure codes', {
    env: false,
  }),
  detach: toggle('--detach', 'Start the lab in the background and return; `fedctl sandbox stop` stops it', {
    env: false,
  }),
  state: text('--state <directory>', 'Directory that keeps accounts, keys and data between runs', {
    env: false,
  }),
  envFile: text('--env-file <file>', 'File for the environment variables, readable only by its owner', {
    env: false,
  }),
} as const;

export const sandbox = command({
  arguments: '[command...]',
  without: ['profile', 'region', 'noInput'],
  runsProgram: true,
  examples: [
    'fedctl sandbox -- fedctl connect --mechanism aws    # run one command in a new lab',
    "fedctl sandbox -- sh -c 'fedctl enable && fedctl connect --mechanism oidc'",
    'fedctl sandbox --env-file lab.env                   # keep running; in another shell: . ./lab.env',
    'fedctl sandbox --detach --env-file lab.env          # in the background, until fedctl sandbox stop',
    'fedctl sandbox --tls -- bash                        # a shell in the lab, with TLS',
    'fedctl sandbox --state ./lab                        # keep accounts, keys and data after the lab stops',
    'fedctl sandbox --config sandbox.yaml                # with your own accounts, identities, users and data',
    'fedctl sandbox --as ec2 -- fedctl whoami            # with the credentials of an EC2 instance',
    'fedctl sandbox --as ecs --isolate -- ./app            # with the fixed addresses of ECS',
    'fedctl sandbox --scenario database-user-missing -- fedctl connect   # diagnose one fault',
    'fedctl sandbox --srv -- fedctl connect --mechanism aws   # through SRV and TXT records, as on Atlas',
  ],
  notes: `
The lab emulates AWS STS, AWS IAM, the issuer and a MongoDB server, on loopback only. Outbound federation is disabled
at first; enable it with \`fedctl enable\`. Profiles: default (user operator), app and etl (roles), no-mint (cannot
mint), org (an account in an organization), mfa-user (a user with an MFA device) and mfa (a role that requires an MFA
code; the lab prints the path of the file that contains the secret for an authenticator app).

--as emulates the credential sources of a platform for the role app, without profiles: ec2 (instance metadata, version
2), ecs (container credentials), lambda (session credentials in the environment), eks (a projected token and
AssumeRoleWithWebIdentity), eks-pod-identity (container credentials for a projected token). With --as, federation is
enabled at first, because a workload cannot enable it.

--isolate runs the command as the current user in separate network and mount namespaces. The option requires Linux and
the programs unshare, nsenter, ip and mount. Loopback is the only network interface in the namespaces, so no traffic
leaves the machine. The lab responds at its usual addresses and, as the platform does, at 169.254.169.254,
169.254.170.2 and 169.254.170.23. The lab is also the only DNS server, so mongodb+srv works for every driver. The
command gets the variables of the platform: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI for ecs, none for ec2. If the
system does not allow namespaces, fedctl does not run the command.

--scenario activates one real-world failure in a lab that is otherwise healthy, with federation enabled. The command
needs no further options to reproduce the failure. --list-scenarios lists the scenarios, each with the failure code
that \`fedctl check\` must report.

With a command, the lab stops when the command exits, and fedctl exits with the code of the command. Without a
command, the lab runs until Ctrl-C and prints the variables to export. In a shell with these variables, \`fedctl
sandbox status\`, \`set\`, \`scenario\`, \`clock\`, \`log\` and \`stop\` read and change the lab. --verbose prints
each decision of the lab with its reason.`,
  options: OPTIONS,
  async run(invocation): Promise<Answer | Ended> {
    const { context, options } = invocation;
    if (options.listScenarios) return await listScenarios();
    if (options.isolate) requireCommand(invocation);
    const warn = () => {
      if (!options.isolate) isolationWarnings(options, invocation).forEach(invocation.warn);
    };
    await refuseUnwritableEnvFile(invocation, options.envFile);
    await refuseRunningLab(invocation, options.envFile);
    if (options.detach) {
      warn();
      const { detach } = await import('./sandbox/detach.ts');
      return await detach(invocation, OPTIONS, options.envFile);
    }
    const start = await labStarter(options);
    warn();
    const isolation = options.isolate ? await makeNamespaces(context) : null;
    try {
      return await play(invocation, start, isolation);
    } finally {
      await isolation?.close();
    }
  },
});

/**
 * Starts the lab and runs the command. Without a command, waits for Ctrl-C or `fedctl sandbox stop`. Then stops
 * the lab.
 */
async function play(
  invocation: Invocation<typeof OPTIONS>,
  start: (options: LabOptions) => Promise<Lab>,
  isolation: Isolation | null,
): Promise<Ended> {
  const { context, options } = invocation;
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
      network: isolation ?? undefined,
    }),
  );
  const unfollow = invocation.common.verbose
    ? lab.log.follow((entry) => invocation.stderr.write([labLogLine(entry)]))
    : () => {};
  try {
    await state?.write(lab, true);
    if (invocation.args.length === 0) return await stayUp(invocation, lab, options.envFile);
    if (options.envFile !== null) await writeSecretFile(options.envFile, exportLines(lab.env));
    return await runInside(invocation, lab, isolation);
  } finally {
    unfollow();
    try {
      await state?.write(lab, false);
    } finally {
      await lab.close();
    }
  }
}

/** Opens the state directory. The module is loaded here, because only --state needs it. */
async function openState(invocation: Invocation<OptionTable>, directory: string) {
  const { openState: open } = await import('./sandbox/state.ts');
  return await open(invocation, directory);
}

/**
 * Reads the configuration file. Loads the YAML parser and the schema here, because only --config needs them.
 */
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

/** Creates the namespaces of the command, before the lab starts. */
async function makeNamespaces(context: Context): Promise<Isolation> {
  const { isolate } = await import('../sandbox/isolation/isolate.ts');
  return await isolate(context);
}

/** Runs the command in the lab. If the lab stops first, terminates the command. */
async function runInside(
  { context, args, stderr }: Invocation<OptionTable>,
  lab: Lab,
  isolation: Isolation | null,
): Promise<Ended> {
  const [program = '', ...rest] = args;
  const variables = isolation === null ? lab.env : changed(lab.env, lab.isolated);
  const env = insideLab(context.env, variables, lab.binDirectory);
  const line = isolation?.enter(program, rest) ?? { command: program, args: rest };
  const stopping = new AbortController();
  lab.controls.stopping.addEventListener('abort', () => stopping.abort(new Interruption('terminated')));
  context.signal.addEventListener('abort', () => stopping.abort(context.signal.reason));
  if (context.signal.aborted) stopping.abort(context.signal.reason);
  const { code, failure } = await runChild(
    { ...context, signal: stopping.signal },
    { ...line, env, stdio: 'inherit' },
  );
  if (failure !== null) stderr.write([`error: cannot run ${program}: ${failure.message}`]);
  return { exitCode: code };
}

/** Prints the contents of the lab, then waits for Ctrl-C or `fedctl sandbox stop`. */
async function stayUp(invocation: Invocation<OptionTable>, lab: Lab, envFile: string | null): Promise<Ended> {
  const { context } = invocation;
  const status = lab.controls.status();
  await announce(
    invocation,
    { env: lab.env, pid: context.pid, status, end: 'Ctrl-C stops the lab' },
    envFile,
  );
  await new Promise<void>((resolve) => {
    for (const signal of [context.signal, lab.controls.stopping]) {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
  return { exitCode: EXIT.done };
}
