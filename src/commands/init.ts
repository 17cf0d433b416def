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
  out: text('--out <file>', `File to write (default: ${DEFAULT_FILE}); - for standard output`, {
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
  notes: `Does not prompt and sends no requests. The file has a comment for every key, and its first line names the schema for
which an editor checks it: that of this installation. It has no secrets, so it can be committed.`,
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
  // A file that was only found is not checked when variables define a target.
  const found = trusted && path === resolve(context.cwd, DEFAULT_FILE) && !namedByEnvironment(context.env);
  const next = invocation.offer(fedctl(found ? ['check'] : ['check', '--config', file]));
  const written = { file, targets, next };
  return { document: initDocument(written), lines: initLines(written, theme) };
}

/** Returns the text of the file, as `check` reads it, and whether `check` uses it without --config. */
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
  const targets = readCheckConfig(content, { file, folder: context.cwd, env: {} });
  return { content, targets: targets.map(({ name }) => name), trusted: await isTrusted(targets, file) };
}

/**
 * Returns the path of this installation's schema: relative when it is installed below the folder of the file,
 * as npm does in a project.
 */
function schemaPath({ self, cwd }: Pick<Context, 'self' | 'cwd'>, file: string): string {
  const installed = resolve(dirname(self.at(-1) ?? ''), '../schemas/fedctl.v1.json');
  const from = file === '-' ? cwd : dirname(resolve(cwd, file));
  const within = relative(from, installed);
  return within.startsWith('..') ? installed : `./${within}`;
}

/** Reports a conflict with the connection string in the same words as every command. */
function mechanismOf({ uri, mechanism }: Invocation<typeof OPTIONS>['options']): CheckTarget['mechanism'] {
  if (uri === null) return mechanism;
  const { mechanisms } = chooseMechanisms(mechanism, connectionStringOf(uri).namedMechanism);
  return mechanism ?? (mechanisms.includes('MONGODB-AWS') ? 'aws' : 'oidc');
}

/** A file with hosts outside Atlas must be named with --config, also by this command. */
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

/** Returns whether `fedctl check` would find a target in the environment as well. */
function namedByEnvironment(env: Context['env']): boolean {
  return TARGET_VARIABLES.some((name) => (env[name] ?? '') !== '');
}

async function refuseExisting(cwd: string, file: string, wanted: string): Promise<void> {
  const isThere = async (name: string) => (await lstat(resolve(cwd, name)).catch(() => null)) !== null;
  if (!(await isThere(file))) return;
  const free = await freeName(wanted, isThere);
  throw new FedctlError('usage.file-exists', {
    message: `"${file}" already exists and was not changed.`,
    remedy: 'Write to another file, or overwrite this one with --force. Its content is lost then.',
    command: free === null ? null : rerun({ set: { '--out': free } }),
    details: { file },
  });
}

function twoAnswers(): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: '--output json and --out - are mutually exclusive.',
    likelyCause: 'Standard output has a single format.',
    remedy: 'Remove --output json, or remove --out -.',
  });
}
