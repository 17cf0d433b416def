import { lstat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { CheckTarget } from '../lib/core/check-target.ts';
import { fedctl, rerun } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { FedctlError, isFedctlError } from '../lib/core/errors.ts';
import { CONFIG_NAMES } from '../lib/files/config-file.ts';
import { freeName } from '../lib/files/free-name.ts';
import { writeWholeFile } from '../lib/files/whole-file.ts';
import { initDocument, initLines } from '../lib/render/init.ts';
import { linesOf } from '../lib/render/output.ts';
import { chooseMechanisms, MECHANISM_CHOICES } from '../lib/uri/mechanism.ts';
import { TARGET_VARIABLES } from './check/targets.ts';
import { type Answer, command, type Invocation } from './command.ts';
import { connectionStringOf, mechanismOption, URI } from './options/cluster.ts';
import { text, toggle } from './options/option.ts';

const [DEFAULT_FILE] = CONFIG_NAMES;

const OPTIONS = {
  uri: URI,
  audience: text('--audience <aud>', 'Audience of the identity provider in Atlas'),
  mechanism: mechanismOption('Authentication mechanism', MECHANISM_CHOICES),
  out: text('--out <file>', `File to write, or - for standard output (default: ${DEFAULT_FILE})`, {
    env: false,
  }),
  force: toggle('--force', 'Overwrite an existing file', { env: false }),
} as const;

export const init = command({
  arguments: '',
  without: ['profile', 'region', 'timeout', 'noInput'],
  examples: [
    'fedctl init',
    "fedctl init --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas",
    'fedctl init --out -                        # print every supported key',
  ],
  notes: `Does not prompt and sends no requests. The file has a comment for every key. Its first line contains
the path of the JSON schema in this installation. Editors validate the file with this schema. The file contains no
secrets and can be committed.`,
  options: OPTIONS,
  run,
});

async function run(invocation: Invocation<typeof OPTIONS>): Promise<Answer> {
  const { context, options, theme } = invocation;
  const file = options.out ?? DEFAULT_FILE;
  if (file === '-' && invocation.common.output === 'json') throw twoAnswers();
  const { content, targets, trusted } = await starter(invocation, file);
  if (file === '-') {
    return { document: initDocument({ file, targets, next: null }), lines: linesOf(content) };
  }
  const path = resolve(context.cwd, file);
  if (!options.force) {
    for (const other of options.out === null ? CONFIG_NAMES : [file])
      await refuseExisting(context.cwd, other, file);
  }
  await writeWholeFile(path, content, {
    mode: 0o666,
    holds: 'a configuration',
    signal: context.signal,
  });
  // If environment variables define a target, `check` uses the file only with --config.
  const found = trusted && path === resolve(context.cwd, DEFAULT_FILE) && !namedByEnvironment(context.env);
  const next = invocation.offer(fedctl(found ? ['check'] : ['check', '--config', file]));
  const written = { file, targets, next };
  return { document: initDocument(written), lines: initLines(written, theme) };
}

/**
 * Returns the content of the file, the names of its targets, and whether `check` trusts the file without
 * --config.
 */
async function starter({ context, options }: Invocation<typeof OPTIONS>, file: string) {
  const { starterConfig } = await import('../lib/config/starter.ts');
  const { readCheckConfig } = await import('../lib/config/check-config.ts');
  const { uri, audience } = options;
  const content = starterConfig({
    uri,
    audience,
    mechanism: mechanismOf(options),
    schema: schemaPath(context, file),
  });
  const targets = readCheckConfig(content, { file, directory: context.cwd, env: {} });
  return { content, targets: targets.map(({ name }) => name), trusted: await isTrusted(targets, file) };
}

/**
 * Returns the path of the JSON schema in this installation. The path is relative if the schema is below the
 * directory of the file, for example if fedctl is a dependency of a project.
 */
function schemaPath({ self, cwd }: Pick<Context, 'self' | 'cwd'>, file: string): string {
  const installed = resolve(dirname(self.at(-1) ?? ''), '../schemas/fedctl.v1.json');
  const from = file === '-' ? cwd : dirname(resolve(cwd, file));
  const within = relative(from, installed);
  return within.startsWith('..') ? installed : `./${within}`;
}

/**
 * Returns the mechanism of the target. Throws the same failure as other commands if --mechanism and the
 * connection string contradict each other.
 */
function mechanismOf({ uri, mechanism }: Invocation<typeof OPTIONS>['options']): CheckTarget['mechanism'] {
  if (uri === null) return mechanism;
  const { mechanisms } = chooseMechanisms(mechanism, connectionStringOf(uri).namedMechanism);
  return mechanism ?? (mechanisms.includes('MONGODB-AWS') ? 'aws' : 'oidc');
}

/**
 * Returns whether `check` trusts the file without --config. `check` trusts it only if each host belongs to
 * Atlas or is a loopback host.
 */
async function isTrusted(targets: readonly CheckTarget[], file: string): Promise<boolean> {
  const { refuseStrangeHosts } = await import('../lib/config/host-rule.ts');
  try {
    refuseStrangeHosts(targets, { file, allowed: [] });
    return true;
  } catch (error) {
    if (isFedctlError(error) && error.code === 'config.host-refused') return false;
    throw error;
  }
}

/** Returns whether environment variables define a target for `fedctl check`. */
function namedByEnvironment(env: Context['env']): boolean {
  return TARGET_VARIABLES.some((name) => (env[name] ?? '') !== '');
}

async function refuseExisting(cwd: string, file: string, wanted: string): Promise<void> {
  const isThere = async (name: string) => (await lstat(resolve(cwd, name)).catch(() => null)) !== null;
  if (!(await isThere(file))) return;
  const free = await freeName(wanted, isThere);
  throw new FedctlError('usage.file-exists', {
    message: `"${file}" already exists and was not changed.`,
    remedy: 'Write to another file. To discard the content of the existing file, add --force.',
    command: free === null ? null : rerun({ set: { '--out': free } }),
    details: { file },
  });
}

function twoAnswers(): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: '--output json and --out - are mutually exclusive.',
    likelyCause: 'Standard output can have only one format.',
    remedy: 'Remove --output json, or remove --out -.',
  });
}
