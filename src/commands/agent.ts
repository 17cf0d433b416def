import { dirname, resolve } from 'node:path';
import { keepFresh, type Output, type OutputEvent } from '../lib/auth/keep-fresh.ts';
import { validateWantedToken } from '../lib/auth/lifetime.ts';
import { credentialsOutput, expiryOfFile, tokenFileOutput } from '../lib/auth/outputs.ts';
import { mintingAnew } from '../lib/auth/program-tokens.ts';
import { assumeRoleRequest, type RoleToAssume } from '../lib/auth/role.ts';
import type {
  AgentSettings,
  CredentialsEndpointSettings,
  TokenFileSettings,
} from '../lib/config/agent-config.ts';
import { type Flag, rerun } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { startCredentialsEndpoint } from '../lib/exec/credentials-endpoint.ts';
import { lockFile } from '../lib/exec/file-lock.ts';
import { serveReadiness } from '../lib/exec/readiness.ts';
import { readBoundedFile } from '../lib/files/bounded-file.ts';
import { writeSecretFile } from '../lib/files/secret-file.ts';
import { refuseUnwritable } from '../lib/files/whole-file.ts';
import { agentEventDocument, agentEventLines } from '../lib/render/agent.ts';
import { JsonLine } from '../lib/render/json.ts';
import { command, type Ended, type Invocation } from './command.ts';
import { listenAddress } from './options/kinds.ts';
import { text, toggle } from './options/option.ts';
import { belongsToRole } from './options/role.ts';
import { SIGNING_ALGORITHM, WANTED_DURATION } from './options/token.ts';

// These options have no environment variables, because the options write a file or have a different meaning in
// other commands.
const FLAG_ONLY = { env: false };

const OPTIONS = {
  audience: text('--audience <aud>', 'Audience of the token'),
  out: text('--out <file>', 'Token file to write and renew', FLAG_ONLY),
  mode: text('--mode <octal>', 'Permission bits of the file (default: 0600)', FLAG_ONLY),
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: WANTED_DURATION,
  roleArn: text('--role-arn <arn>', 'Role to assume'),
  externalId: text('--external-id <id>', 'External ID that the role requires'),
  sessionName: text('--session-name <name>', 'Name of the role session (default: fedctl-<user>)'),
  config: text('--config <file>', 'YAML file that lists the outputs, instead of --out', FLAG_ONLY),
  readyListen: listenAddress(
    '--ready-listen <address>',
    'Port, or address and port, that serves GET /readyz',
    FLAG_ONLY,
  ),
  once: toggle('--once', 'Write each file once and exit, as an init container does', FLAG_ONLY),
} as const;

/** Options for a single token file. They are mutually exclusive with --config. */
const OF_ONE_FILE = {
  out: '--out',
  mode: '--mode',
  audience: '--audience',
  signingAlgorithm: '--signing-algorithm',
  duration: '--duration',
  roleArn: '--role-arn',
  externalId: '--external-id',
  sessionName: '--session-name',
} as const satisfies Partial<Record<keyof typeof OPTIONS, Flag>>;

type AgentInvocation = Invocation<typeof OPTIONS>;

/** Maximum size of the configuration file, in bytes. */
const LARGEST_CONFIG = 256 * 1024;

export const agent = command({
  arguments: '',
  examples: [
    'fedctl agent --audience my-atlas --out /run/fedctl/token',
    'fedctl agent --audience my-atlas --out /run/fedctl/token --ready-listen 8484',
    'fedctl agent --audience my-atlas --out /run/fedctl/token --once',
    'fedctl agent --config agent.yaml --ready-listen 0.0.0.0:8484',
  ],
  notes: `Each file contains only the token. The agent mints a new token at half of the token lifetime and replaces
the file atomically. While AWS does not respond, the last token stays until it expires; then the agent removes the
file. /readyz responds with 200 while every file has an unexpired token and every endpoint has credentials. Each event
is a line on standard error, or a JSON document on standard output with --json. The agent exits with 0 on SIGTERM and
Ctrl-C, and the files remain. A --config file can list several token files, and several endpoints for session
credentials:

  tokenFiles:
    - { path: /run/fedctl/atlas, audience: my-atlas, mode: "0640" }
  credentialsEndpoints:
    - { address: 127.0.0.1:9911, authorizationTokenFile: /run/fedctl/endpoint, roleArn: arn:aws:iam::123456789012:role/app }`,
  options: OPTIONS,
  run,
});

/** An output that the agent renews, and a function that returns whether the output is valid now. */
interface Kept {
  readonly output: Output;
  ready(): Promise<boolean>;
}

async function run(invocation: AgentInvocation): Promise<Ended> {
  const { context, options } = invocation;
  const settings = await agentSettings(invocation);
  for (const file of settings.tokenFiles) await refuseTokenFile(invocation, file);
  const closers: (() => Promise<void>)[] = [];
  try {
    const kept: Kept[] = [];
    for (const file of settings.tokenFiles) kept.push(await keptTokenFile(invocation, file, closers));
    if (options.once) {
      for (const { output } of kept) {
        const { expiresAt } = await output.renew(context.signal);
        tell(invocation, output, { kind: 'renewed', expiresAt, recovered: false });
      }
      return { exitCode: EXIT.done };
    }
    for (const endpoint of settings.credentialsEndpoints)
      kept.push(await keptEndpoint(invocation, endpoint, closers));
    if (options.readyListen !== null) {
      const { host, port } = options.readyListen;
      const server = await serveReadiness(host, port, () =>
        Promise.all(kept.map(async ({ output, ready }) => ({ name: output.name, ready: await ready() }))),
      );
      closers.push(server.close);
    }
    await Promise.all(
      kept.map(({ output }) =>
        keepFresh(output, null, {
          now: context.now,
          sleep: context.sleep,
          random: Math.random,
          signal: context.signal,
          tell: (event) => tell(invocation, output, event),
        }),
      ),
    );
    return { exitCode: EXIT.done };
  } finally {
    await Promise.allSettled(closers.map((close) => close()));
  }
}

async function agentSettings({ context, options, common, typed }: AgentInvocation): Promise<AgentSettings> {
  const { config, out, audience } = options;
  if (config !== null) {
    const other = Object.entries(OF_ONE_FILE).find(([key]) => typed.has(key));
    if (other !== undefined) throw beside(other[1]);
    const { readAgentConfig } = await import('../lib/config/agent-config.ts');
    const path = resolve(context.cwd, config);
    const read = await readBoundedFile(path, LARGEST_CONFIG, context.signal, common.timeoutMs);
    const settings = readAgentConfig(read, { file: config, directory: dirname(path) });
    if (options.once && settings.tokenFiles.length === 0) throw nothingOnce();
    return settings;
  }
  if (out === null) {
    throw new FedctlError('usage.invalid-command-line', {
      message: 'The agent has no output: neither --out nor --config was given.',
      remedy: 'Add --audience <audience> --out <file>, or --config <file>.',
    });
  }
  if (audience === null) {
    throw new FedctlError('usage.missing-audience', {
      message: 'No audience was given, so no token can be minted.',
    });
  }
  if (options.roleArn === null) {
    if (options.externalId !== null) throw belongsToRole('--external-id');
    if (options.sessionName !== null) throw belongsToRole('--session-name');
  }
  const { signingAlgorithm, duration, roleArn, externalId, sessionName } = options;
  const file = {
    path: resolve(context.cwd, out),
    audience,
    signingAlgorithm,
    durationSeconds: duration,
    mode: readMode(options.mode ?? '0600'),
    roleArn,
    externalId,
    sessionName,
  };
  return { tokenFiles: [file], credentialsEndpoints: [] };
}

/**
 * Rejects settings that can never work. With such settings, the agent would retry forever. The agent calls
 * this function before it writes a file.
 */
async function refuseTokenFile({ context }: AgentInvocation, file: TokenFileSettings): Promise<void> {
  const { audience, signingAlgorithm, durationSeconds } = file;
  validateWantedToken({ audience: [audience], signingAlgorithm, durationSeconds, tags: [] });
  const role = roleOf(file);
  if (role !== null) assumeRoleRequest(context, role);
  await refuseUnwritable(file.path, { holds: 'a secret' });
}

async function keptTokenFile(
  { context, awsSettings }: AgentInvocation,
  file: TokenFileSettings,
  closers: (() => Promise<void>)[],
): Promise<Kept> {
  const { path, mode, audience, signingAlgorithm, durationSeconds } = file;
  closers.push(await lockFile(path, context.pid));
  const recipe = { audience, signingAlgorithm, durationSeconds, role: roleOf(file) };
  return {
    output: tokenFileOutput(mintingAnew(context, awsSettings, recipe), path, mode),
    async ready() {
      const expiresAt = await expiryOfFile(path, context.signal);
      return expiresAt !== null && context.now() < expiresAt;
    },
  };
}

async function keptEndpoint(
  { context, awsSettings }: AgentInvocation,
  endpoint: CredentialsEndpointSettings,
  closers: (() => Promise<void>)[],
): Promise<Kept> {
  const { host, port, authorizationTokenFile, mode } = endpoint;
  const role = roleOf(endpoint);
  const request = {
    roleArns: role === null ? [] : [role.roleArn],
    externalId: endpoint.externalId,
    sessionName: endpoint.sessionName,
    tags: [],
    transitiveTagKeys: [],
    sourceIdentity: null,
    durationSeconds: null,
    mfaSerial: null,
  };
  closers.push(await lockFile(authorizationTokenFile, context.pid));
  const output = credentialsOutput(context, awsSettings, request, `credentials endpoint ${host}:${port}`);
  const server = await startCredentialsEndpoint({ host, port, served: output.served });
  closers.push(server.close);
  context.redactor.learn(server.authorizationToken);
  await writeSecretFile(authorizationTokenFile, server.authorizationToken.reveal(), context.signal, mode);
  return { output, ready: async () => output.served() !== null };
}

function tell(
  { context, common, stdout, stderr, offer }: AgentInvocation,
  output: Output,
  event: OutputEvent,
): void {
  if (common.output === 'json') {
    stdout.write([new JsonLine(agentEventDocument(output.name, event, context.now(), offer))]);
    return;
  }
  if (common.quiet && event.kind === 'renewed') return;
  stderr.write(agentEventLines(output.name, event, offer));
}

function roleOf(from: {
  readonly roleArn: string | null;
  readonly externalId: string | null;
  readonly sessionName: string | null;
}): RoleToAssume | null {
  const { roleArn, externalId, sessionName } = from;
  return roleArn === null ? null : { roleArn, externalId, sessionName, mfaSerial: null };
}

function readMode(given: string): number {
  if (/^0?[0-7]{3}$/.test(given)) return Number.parseInt(given, 8);
  throw new FedctlError('usage.invalid-value', {
    message: `Invalid --mode "${given}": expected an octal mode such as 0640.`,
    option: '--mode',
  });
}

function beside(option: Flag): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: `${option} and --config are mutually exclusive: the configuration file lists the outputs.`,
    remedy: `Remove ${option}, or set it in the configuration file.`,
    command: rerun({ drop: Object.values(OF_ONE_FILE) }),
    option,
  });
}

function nothingOnce(): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: '--once writes token files, but the configuration has no tokenFiles.',
    remedy: 'Remove --once, or add tokenFiles to the configuration.',
    command: rerun({ drop: ['--once'] }),
    option: '--once',
  });
}
