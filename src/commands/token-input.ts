import { FedctlError } from '../lib/core/errors.ts';
import { Secret } from '../lib/core/secret.ts';
import { readInput } from '../lib/files/input.ts';
import { looksLikeJwt } from '../lib/jwt/decode.ts';
import { tokenIn } from '../lib/jwt/token-text.ts';
import type { Invocation } from './command.ts';
import type { OptionTable } from './options/option.ts';

/** Minimum length of a token, in characters. */
const SHORTEST_TOKEN = 32;

/**
 * Reads the token for `decode` or `verify` from a file or from stdin. Reads stdin if the file is `-`, or if
 * no file is named and stdin is not a terminal. Extracts the token from surrounding text, such as the JSON
 * output of the AWS CLI.
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
  // stdin is opened only if the token is read from it, because opening stdin takes time and memory.
  const terminal = file === '-' && context.stdin.isTTY === true;
  if (args.length === 0 && terminal) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `${name} requires a token from a file or from standard input.`,
      likelyCause: 'No file is specified, and standard input is a terminal.',
      remedy: `Pipe a token to the command ("${typed}"), specify a file, or use - to paste a token.`,
    });
  }
  if (terminal) hint('Paste the token, then press Enter and Ctrl-D.');
  const token = tokenIn(await readInput(file, context, common.timeoutMs));
  // A shorter text is not registered as a secret, because it may be a word in the output of fedctl.
  if (token.length >= SHORTEST_TOKEN) context.redactor.learn(new Secret(token));
  return token;
}

function typedPipeline(name: 'decode' | 'verify'): string {
  return name === 'decode'
    ? 'fedctl token --audience <audience> | fedctl decode'
    : 'fedctl token --audience <audience> | fedctl verify --audience <audience>';
}
