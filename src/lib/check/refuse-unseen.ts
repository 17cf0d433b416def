import { type Flag, fedctl } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import type { Asked } from './check.ts';
import { checksFor, idleNames, type Selection } from './selection.ts';

/**
 * Rejects a request if an option has no effect, if a name in --only selects no check, or if --skip excludes
 * all checks. Makes no network calls.
 *
 * @throws FedctlError usage.invalid-command-line for an option without effect; usage.nothing-to-check
 */
export function refuseUnseen(asked: Asked, selection: Selection, only: readonly string[]): void {
  for (const [option, why] of unusedOptions(asked)) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `${option} requests a check that would not run: ${why}.`,
      likelyCause: 'Two settings of the target contradict each other.',
      remedy: `Remove ${option}, or change the setting that contradicts it.`,
      option,
    });
  }
  const [idle] = idleNames(selection, only, asked);
  if (idle !== undefined) {
    throw new FedctlError('usage.nothing-to-check', {
      message: `--only ${idle} selects no check for this target.`,
      command: fedctl(['check', '--list']),
      option: '--only',
      details: { only: idle },
    });
  }
  if (checksFor(selection, asked).checks.every((check) => selection.left.has(check))) {
    throw new FedctlError('usage.nothing-to-check', {
      message: '--skip excludes every check.',
      command: fedctl(['check', '--list']),
      option: '--skip',
    });
  }
}

/** Returns the options that have no effect for this target, each with the reason. */
function* unusedOptions({ target, plan, options }: Asked): Iterable<readonly [option: Flag, why: string]> {
  const { tokenFile, subject, privileges, writeProbe, uri, api } = target;
  const withoutToken = 'MONGODB-AWS logs in with AWS credentials, without a token';
  const fromFile = 'the token comes from a file, so no token is minted';
  const withoutDatabase = 'only an API is given, without a connection string';
  const isApiOnly = uri === null && api !== null;
  const byOidc = plan.mechanisms.includes('MONGODB-OIDC');
  if (!plan.usesToken && tokenFile !== null) yield ['--token-file', withoutToken];
  if (!plan.usesToken && subject !== null) yield ['--subject', withoutToken];
  if (options.soakMs !== null) {
    if (!byOidc) yield ['--soak', withoutToken];
    if (tokenFile !== null) yield ['--soak', fromFile];
    if (isApiOnly) yield ['--soak', withoutDatabase];
  }
  if (options.negative) {
    if (!plan.usesToken) yield ['--negative', withoutToken];
    if (tokenFile !== null) yield ['--negative', fromFile];
  }
  if (isApiOnly && privileges.length > 0) yield ['--privilege', withoutDatabase];
  if (isApiOnly && writeProbe !== null) yield ['--write-probe', withoutDatabase];
}
