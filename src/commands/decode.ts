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
    'fedctl decode /run/secrets/token         # a file that holds a token',
    'fedctl decode token.jwt --json | jq .payload',
  ],
  notes: `Reads the token from the file, or from stdin for - or when no file is named. Nothing is sent anywhere and nothing
is proved: anybody can write such a text. To prove a token: fedctl verify.`,
  options: {},
  async run(invocation) {
    const decoded = decodeJwt(await tokenInput('decode', invocation));
    const now = invocation.context.now();
    const described = describeJwt(decoded, now);
    invocation.hint('Nothing was verified: anybody can write such a text. To prove it: fedctl verify');
    return {
      document: decodeDocument(decoded, described, now),
      lines: decodeLines(described, invocation.theme),
    };
  },
});
