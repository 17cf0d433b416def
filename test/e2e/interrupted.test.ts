import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { raw } from '../support/forge.ts';
import { listenOnLoopback } from '../support/listen.ts';
import { runBin } from '../support/run-bin.ts';

/** Ctrl-C and SIGTERM during every wait, except the stages of `connect`, which have a separate test. */

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

/** Starts a server that accepts requests and never responds. Calls `asked` for each request. */
async function silentServer(asked: () => void): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}).on('data', asked));
  return listen(server);
}

async function answering(listener: RequestListener): Promise<string> {
  return listen(createHttpServer(listener));
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  return `http://127.0.0.1:${await listenOnLoopback(server)}`;
}

const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_REGION: 'eu-central-1',
};

/** Runs fedctl against the server that `serve` starts, and sends the signal when `serve` calls `asked`. */
async function stopped(
  signal: NodeJS.Signals,
  serve: (asked: () => void) => Promise<string>,
  typed: (url: string) => { args: string[]; env?: Record<string, string>; input?: string },
) {
  let kill = () => {};
  let since = 0;
  const asked = () => {
    since ||= Date.now();
    kill();
  };
  const { args, ...options } = typed(await serve(asked));
  const result = await runBin(args, {
    ...options,
    started: (child) => {
      kill = () => child.kill(signal);
    },
  });
  const { code, stdout, stderr } = result;
  return { code, stdout, stderr, soon: since > 0 && Date.now() - since < 1000 };
}

const withSts = (args: string[]) => (url: string) => ({
  args,
  env: { ...KEYS, AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL_IAM: url },
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, code) => {
  const end = { code, stdout: '', stderr: '', soon: true };

  test.each([[['whoami']], [['token', '--audience', 'a']], [['status']], [['credentials']]])(
    'while STS is silent ends %j within a second',
    async (args) => {
      expect(await stopped(signal, silentServer, withSts(args))).toEqual(end);
    },
  );

  test('while the issuer is silent ends verify within a second', async () => {
    const typed = (url: string) => ({
      args: ['verify', '--issuer', url, '--audience', 'a'],
      input: raw(
        { alg: 'RS256', kid: 'k', typ: 'JWT' },
        { iss: url, aud: 'a', sub: 's', exp: 4_000_000_000 },
        'sig',
      ),
    });
    expect(await stopped(signal, silentServer, typed)).toEqual(end);
  });

  test('while tokens are not minted yet ends enable within a second', async () => {
    const result = await stopped(signal, (asked) => answering(notYet(asked)), withSts(['enable', '--quiet']));
    expect(result).toEqual(end);
  });
});

/**
 * Emulates AWS in the seconds after enable: IAM reports that federation is enabled, but STS still rejects.
 * Calls `asked` at the second mint.
 */
function notYet(asked: () => void): RequestListener {
  let mints = 0;
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const action = new URLSearchParams(body).get('Action') ?? '';
      response.setHeader('content-type', 'text/xml').setHeader('x-amzn-requestid', 'r');
      if (action === 'GetWebIdentityToken') {
        response.statusCode = 403;
        response.end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>OutboundWebIdentityFederationDisabledException</Code>' +
            '<Message>OutboundWebIdentityFederation is disabled.</Message></Error></ErrorResponse>',
        );
        mints += 1;
        if (mints === 2) asked();
        return;
      }
      const result =
        action === 'GetCallerIdentity'
          ? '<Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDA</UserId><Account>123456789012</Account>'
          : '<IssuerIdentifier>https://issuer.example</IssuerIdentifier><JwtVendingEnabled>true</JwtVendingEnabled>';
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
  };
}
