import { resolve } from 'node:path';
import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { FedctlError, isFedctlError, type Warning } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { MintedToken } from '../core/token.ts';
import type { FailureCode } from '../failures/failures.ts';
import { readInput } from '../files/input.ts';
import { isReadableByOthers } from '../files/readable-by-others.ts';
import { looksLikeJwt } from '../jwt/decode.ts';
import { readMintedToken } from '../jwt/minted-token.ts';
import { tokenIn } from '../jwt/token-text.ts';

/** A warning about a token file from which fedctl could read a token. */
export interface TokenFileWarning extends Warning {
  readonly code: Extract<FailureCode, `mongo.token-file.${string}`>;
  readonly remedy: string;
}

/** The token in a file, and the warnings about the file. */
export interface TokenFile {
  readonly token: MintedToken;
  readonly warnings: readonly TokenFileWarning[];
}

/**
 * Reads and decodes the token in a file. Does not verify the token, because the server verifies it.
 *
 * @param name the path of the file, or `-` for standard input
 * @param timeoutMs the time limit for reading the file, in milliseconds
 * @throws FedctlError mongo.token-file-unusable, usage.token-as-argument
 */
export async function readTokenFile(name: string, context: Context, timeoutMs?: number): Promise<TokenFile> {
  if (looksLikeJwt(name)) {
    throw new FedctlError('usage.token-as-argument', {
      message: '--token-file expects the name of a file, but a token was given.',
      remedy: 'Specify a file that contains the token, or - for standard input.',
    });
  }
  const shown = name === '-' ? 'stdin' : `"${name}"`;
  try {
    const content = await readInput(name, context, timeoutMs);
    // Removes only spaces, tabs and line breaks. A byte order mark is not removed but reported, because
    // drivers do not treat it as white space.
    const text = content.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    // If the file also contains text other than the token, only the token is secret. Messages may contain the
    // remaining text.
    context.redactor.learn(new Secret(tokenIn(content)));
    const token = tokenOf(text, context.now());
    // White space in standard input causes no warning, because piped text usually ends with a newline, and
    // drivers do not read tokens from standard input.
    if (name === '-') return { token, warnings: [] };
    const open = await isReadableByOthers(resolve(context.cwd, name));
    const warnings = [
      ...(content === text ? [] : [whiteSpace(shown)]),
      ...(open ? [worldReadable(shown, name)] : []),
    ];
    return { token, warnings };
  } catch (error) {
    if (context.signal.aborted || !isFedctlError(error)) throw error;
    throw new FedctlError('mongo.token-file-unusable', {
      message:
        error.code === 'jwt.not-a-jwt'
          ? `${shown === 'stdin' ? shown : `The file ${shown}`} has no usable JWT: ${String(error.details['reason'])}.`
          : error.message,
      option: '--token-file',
      details: { file: name },
      cause: error,
    });
  }
}

/**
 * Checks that the token has the claims that MongoDB requires (facts/mongodb.md 1.6). MongoDB does not require
 * iat.
 */
function tokenOf(text: string, now: Date): MintedToken {
  const token = readMintedToken(new Secret(text), { algorithm: '(none)', issuedAt: now });
  if ('missing' in token) throw missing(token.missing);
  return token;
}

function missing(claim: string): FedctlError {
  const reason = `it has no ${claim}`;
  return new FedctlError('jwt.not-a-jwt', {
    message: `The text is not a JWT: ${reason}.`,
    details: { reason },
  });
}

function whiteSpace(shown: string): TokenFileWarning {
  return {
    code: 'mongo.token-file.white-space',
    message: `The file ${shown} has white space around the token, such as a trailing newline. fedctl ignores the white space. Drivers send the white space, and the server rejects the token.`,
    remedy: 'Write the token without white space: "fedctl token --audience <audience> --out <file>".',
  };
}

function worldReadable(shown: string, name: string): TokenFileWarning {
  return {
    code: 'mongo.token-file.world-readable',
    message: `Every user of this machine can read the file ${shown} and log in with the token until the token expires.`,
    remedy: 'Restrict access to the file to its owner.',
    command: program('chmod', '600', name),
  };
}
