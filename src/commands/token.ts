import { resolve } from 'node:path';
import { fitToSession, validateWantedToken } from '../lib/auth/lifetime.ts';
import { minting, mintWarnings } from '../lib/auth/mint.ts';
import { asRole } from '../lib/auth/role.ts';
import type { Warning } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import type { MintedToken } from '../lib/core/token.ts';
import { writeSecretFile } from '../lib/files/secret-file.ts';
import { jsonText } from '../lib/render/json.ts';
import { tokenDocument, tokenLine } from '../lib/render/token.ts';
import { type Answer, command, type Ended, type Invocation } from './command.ts';
import { choice, tags } from './options/kinds.ts';
import { text, texts } from './options/option.ts';
import { ROLE_OPTIONS, roleToAssume } from './options/role.ts';
import { SIGNING_ALGORITHM, WANTED_DURATION } from './options/token.ts';
import { refuseTwoFormats } from './output-formats.ts';

const OPTIONS = {
  audience: texts('--audience <aud>', 'Audience of the token; repeatable up to 10 times'),
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: WANTED_DURATION,
  tag: tags('--tag <key=value>', 'Claim in request_tags; repeatable up to 50 times'),
  ...ROLE_OPTIONS,
  format: choice('--format <format>', 'Format of the token (default: raw)', ['raw', 'json', 'header'], null, {
    env: false,
  }),
  out: text('--out <file>', 'File to write the output to (mode 0600), instead of standard output', {
    env: false,
  }),
} as const;

type TokenInvocation = Invocation<typeof OPTIONS>;

export const token = command({
  arguments: '',
  examples: [
    'fedctl token --audience https://my.api',
    'fedctl token --audience https://my.api --duration auto --out token.jwt',
    'fedctl token --audience https://my.api | fedctl verify --audience https://my.api',
    'curl -H @<(fedctl token --audience https://my.api --format header) https://my.api/',
    'fedctl token --audience my-atlas --role-arn arn:aws:iam::123456789012:role/app',
  ],
  notes: `A token is valid for 1 min to 1 h, and at most as long as the session of the caller. --duration auto uses the
longest possible lifetime. If the expiration of the session is unknown, fedctl first mints an additional token that is
valid for 1 min, to determine this expiration. Nothing is cached: every run mints a new token.`,
  options: OPTIONS,
  run,
});

async function run(invocation: TokenInvocation): Promise<Answer | Ended> {
  const { context, options, progress } = invocation;
  const wanted = {
    audience: options.audience,
    signingAlgorithm: options.signingAlgorithm,
    durationSeconds: options.duration,
    tags: options.tag,
  };
  // Validate the request before the role is assumed, so that an invalid request causes no call to AWS.
  validateWantedToken(wanted);
  refuseTwoFormats(invocation.common.output, options.format);
  const role = roleToAssume(options);
  const { timeoutMs } = invocation.common;
  const minted = await progress.during('Minting', async () => {
    const settings =
      role === null ? invocation.awsSettings : await asRole(context, invocation.awsSettings, role);
    const aws = await context.aws(settings);
    const request = await fitToSession(aws, wanted, { now: context.now, timeoutMs, signal: context.signal });
    return minting(aws, request, { timeoutMs, signal: context.signal }).get();
  });
  const warnings = mintWarnings(minted, (context.env['FEDCTL_URI'] ?? '') !== '');
  for (const warning of warnings) invocation.warn(warning);
  const text = formatted(invocation, minted, warnings);
  if (options.out !== null) {
    await writeSecretFile(resolve(context.cwd, options.out), text, context.signal);
  }
  if (context.stderr.isTTY === true) invocation.hint(tokenLine(minted, context.now()));
  return options.out === null
    ? { document: tokenDocument(minted), lines: [text], discloses: [minted.token] }
    : { exitCode: EXIT.done };
}

/**
 * Formats the token or the JSON document without a newline at the end. A file that --out writes also has no
 * newline at the end.
 */
function formatted(
  { common, options, offer }: TokenInvocation,
  minted: MintedToken,
  warnings: readonly Warning[],
): string {
  if (common.output === 'json' || options.format === 'json') {
    const told = warnings.map((warning) => ({ ...warning, command: offer(warning.command) }));
    return jsonText({ ...tokenDocument(minted), warnings: told });
  }
  const token = minted.token.reveal();
  return options.format === 'header' ? `Authorization: Bearer ${token}` : token;
}
