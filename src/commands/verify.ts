import { verifyToken } from '../lib/auth/verify.ts';
import { rerun } from '../lib/core/command-line.ts';
import { FedctlError, isFedctlError } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { invalidValue } from '../lib/core/invalid-value.ts';
import { verifyDocument, verifyLines } from '../lib/render/verify.ts';
import { command } from './command.ts';
import { text, texts, toggle } from './options/option.ts';
import { tokenInput } from './token-input.ts';

export const verify = command({
  arguments: '[file]',
  examples: [
    'fedctl token --audience my-atlas | fedctl verify --audience my-atlas',
    "fedctl verify token.jwt --audience my-atlas --issuer 'https://<uuid>.tokens.sts.global.api.aws'",
    "fedctl verify - --audience my-atlas --subject 'arn:aws:iam::123456789012:role/ci/*' < token.jwt",
    "fedctl verify token.jwt --audience my-atlas --issuer 'https://<uuid>.tokens.sts.global.api.aws' --jwks keys.json   # offline",
  ],
  notes: `fedctl trusts exactly one issuer: the value of --issuer, or the issuer of your account. fedctl fetches the discovery document and the keys, and
checks the signature, algorithm (RS256 or ES384), type, issuer, audience, subject and times of the token. The expiration
is checked without tolerance; the clock of the issuer may be up to 60 seconds ahead. Exit codes: 0, valid; 5, invalid,
with all reasons on standard output; 6, the issuer is unreachable.`,
  options: {
    audience: texts('--audience <aud>', 'Expected audience; not repeatable'),
    anyAudience: toggle('--any-audience', 'Accept a token for any audience', { env: false }),
    issuer: text('--issuer <url>', 'Trusted issuer (default: issuer of your account)'),
    subject: text('--subject <glob>', 'Expected subject; * and ? are wildcards'),
    jwks: text('--jwks <file-or-url>', 'File or URL of the key set (JWKS) of the issuer'),
  },
  async run(invocation) {
    const { context, options } = invocation;
    const audience = theAudience(options.audience, options.anyAudience);
    const token = await tokenInput('verify', invocation);
    if (audience === null) {
      invocation.warn({
        code: 'jwt.audience-unchecked',
        message:
          'The audience is not checked (--any-audience). The token may be for a different relying party.',
        remedy: 'Specify the expected audience with --audience <audience>.',
      });
    }
    const request = { issuer: options.issuer, audience, subject: options.subject, keySet: options.jwks };
    const verification = await invocation.progress.during('Fetching the keys of the issuer', () =>
      verifyToken(token, request, context, invocation.awsSettings).catch((error: unknown) => {
        throw isFedctlError(error) ? withKeysElsewhere(error) : error;
      }),
    );
    return {
      document: verifyDocument(verification),
      lines: verifyLines(verification, { audience, now: context.now(), theme: invocation.theme }),
      exitCode: verification.valid ? EXIT.done : EXIT.answeredNo,
    };
  },
});

/**
 * If the issuer publishes its keys on a different host, adds a suggested command with --jwks to the failure.
 */
function withKeysElsewhere(failure: FedctlError): FedctlError {
  const { jwksUri, issuer } = failure.details;
  if (failure.code !== 'issuer.wrong-document' || typeof jwksUri !== 'string' || typeof issuer !== 'string') {
    return failure;
  }
  return failure.with({ command: rerun({ set: { '--issuer': issuer, '--jwks': jwksUri } }) });
}

/** Returns the expected audience; null with --any-audience. A relying party has exactly one audience. */
function theAudience(given: readonly string[], any: boolean): string | null {
  const [audience, second] = given;
  // --any-audience takes precedence over FEDCTL_AUDIENCE, which may be set for other commands.
  if (any) return null;
  if (audience === undefined) {
    throw new FedctlError('usage.missing-audience', {
      message: 'The expected audience is missing.',
      likelyCause: 'A relying party accepts only tokens for its own audience, so there is no default.',
      remedy: 'Add --audience <audience>, set FEDCTL_AUDIENCE, or accept any audience with --any-audience.',
    });
  }
  if (second !== undefined) {
    throw invalidValue('--audience', {
      message: 'Only one --audience is allowed: the audience of this relying party.',
    });
  }
  return audience;
}
