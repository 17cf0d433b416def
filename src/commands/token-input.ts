import { FedctlError } from '../lib/core/errors.ts';
import { Secret } from '../lib/core/secret.ts';
import { readInput } from '../lib/files/input.ts';
import { looksLikeJwt } from '../lib/jwt/decode.ts';
import { tokenIn } from '../lib/jwt/token-text.ts';
import type { Invocation } from './command.ts';
import type { OptionTable } from './options/option.ts';

/** In characters. */
const SHORTEST_TOKEN = 32;

/**
 * The token that `decode` or `verify` is about: from the file named, or from stdin for `-` and when nothing is named
 * and stdin is no terminal. It is taken out of what is around it, such as the JSON of the AWS CLI.
 *
 * @throws FedctlError usage.token-as-argument, usage.invalid-command-line, usage.unreadable-input
 */
export async function tokenInput(
  name: 'decode' | 'verify',
  { args, common, context, hint }: Invocation<OptionTable>,
): Promise<string> {
  const [file = '-'] = args;
  const typed = typedPipeline(name);
  if (looksLikeJwt(file)) {
    throw new FedctlError('usage.token-as-argument', {
      message: `${name} expects a file name or -, but a token was given.`,
    });
  }
  // A file is read without stdin, which takes time and memory to open.
  const terminal = file === '-' && context.stdin.isTTY === true;
  if (args.length === 0 && terminal) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `${name} requires a token from a file or from standard input.`,
      likelyCause: 'No file is named, and standard input is a terminal.',
      remedy: `Pipe a token in ("${typed}"), name a file, or give - to paste one.`,
    });
  }
  if (terminal) hint('Paste the token, then press Enter and Ctrl-D.');
  const token = tokenIn(await readInput(file, context, common.timeoutMs));
  // What is too short to be a token may be a word of fedctl's own.
  if (token.length >= SHORTEST_TOKEN) context.redactor.learn(new Secret(token));
  return token;
}

function typedPipeline(name: 'decode' | 'verify'): string {
  return name === 'decode'
    ? 'fedctl token --audience <audience> | fedctl decode'
    : 'fedctl token --audience <audience> | fedctl verify --audience <audience>';
}
