import { decodeJwt } from '../lib/jwt/decode.ts';
import { describeJwt } from '../lib/jwt/describe.ts';
import { decodeDocument, decodeLines } from '../lib/render/decode.ts';
import { command } from './command.ts';
import { tokenInput } from './token-input.ts';

export const decode = command({
  arguments: '[file]',
  without: ['profile', 'region', 'timeout', 'noInput'],
  examples: [
    'fedctl token --audience my-atlas | fedctl decode',
    'fedctl decode /run/secrets/token         # a token file',
    'fedctl decode token.jwt --json | jq .payload',
  ],
  notes: `Reads the token from a file, or from standard input if the file is - or omitted. Sends nothing over the network.
The token is not verified. Use "fedctl verify" to check the signature and claims.`,
  options: {},
  async run(invocation) {
    const decoded = decodeJwt(await tokenInput('decode', invocation));
    const now = invocation.context.now();
    const described = describeJwt(decoded, now);
    invocation.hint('Not verified. Use "fedctl verify" to check the signature and claims.');
    return {
      document: decodeDocument(decoded, described, now),
      lines: decodeLines(described, invocation.theme),
    };
  },
});
