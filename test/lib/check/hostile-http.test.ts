import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { JSON_TYPE, noAnswer, ROWS, type Row, type Says } from '../../support/hostile-answers.ts';
import {
  type Diagnosis,
  diagnose,
  moveIssuer,
  secretsOf,
  startHealthyLab,
  TOKEN,
} from '../../support/hostile-check.ts';
import * as hostile from '../../support/hostile-server.ts';
import { type Behavior, http } from '../../support/hostile-server.ts';

/**
 * Servers that are no AWS, no issuer and no Atlas, at the address of each: the check of that hop has to say what was
 * seen and nothing more, every other branch has to go on, and the end has to come in time.
 */

const REDIRECTS = [307];
const AWS_PASSES = ['aws.clock', 'aws.credentials', 'atlas.api', 'atlas.cluster', 'mongo.tcp', 'mongo.hello'];
const ISSUER_PASSES = ['aws.identity', 'iam.federation', 'sts.mint', 'jwt.claims', 'atlas.identity-provider'];
const ATLAS_PASSES = ['sts.mint', 'jwt.signature', 'mongo.oidc.login', 'mongo.oidc.user'];

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  const { exit } = await diagnose(lab.env);
  expect(exit).toBe(0);
});
afterAll(() => lab.close());

/** One hop of the chain: how the command is led to another server, and what its failure is called. */
interface Hop {
  readonly check: string;
  readonly passes: readonly string[];
  readonly says: (row: Row) => Says;
  /** @returns variables, and options */
  readonly lead: (url: string) => Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
}

const ATLAS: Hop = {
  check: 'atlas.api',
  passes: ATLAS_PASSES,
  says: ({ atlas }) => atlas,
  lead: (url) => ({ FEDCTL_ATLAS_URL: url }),
  // Not part of the chain: it is a warning, unless somebody wants to be told.
  args: ['--fail-on', 'warn'],
};
const STS: Hop = {
  check: 'aws.identity',
  passes: [...AWS_PASSES, 'issuer.discovery', 'issuer.keys'],
  says: ({ aws }) => aws,
  lead: (url) => ({ AWS_ENDPOINT_URL_STS: url }),
};
const HOPS: readonly (readonly [string, Hop])[] = [
  ['STS', STS],
  [
    'IAM',
    {
      check: 'iam.federation',
      passes: [...AWS_PASSES, 'aws.identity', 'issuer.discovery', 'issuer.keys'],
      says: ({ aws }) => aws,
      // A token at hand proves the federation: IAM is asked where none can be had.
      lead: (url) => ({ AWS_ENDPOINT_URL_IAM: url, FEDCTL_AUDIENCE: undefined }),
    },
  ],
  ['the Atlas API', ATLAS],
];
const ISSUERS: readonly (readonly [string, Hop])[] = [
  ['the issuer', hopOfIssuer('issuer.discovery')],
  ['the key set of the issuer', hopOfIssuer('issuer.keys')],
];

function hopOfIssuer(check: 'issuer.discovery' | 'issuer.keys'): Hop {
  return {
    check,
    passes: check === 'issuer.keys' ? [...ISSUER_PASSES, 'issuer.discovery'] : ISSUER_PASSES,
    says: ({ issuer }) => issuer,
    lead: (url) => {
      moveIssuer(lab, url);
      return { FEDCTL_ISSUER: url };
    },
  };
}

async function provoke(hop: Hop, behave: Behavior, slow: boolean) {
  const server = await hostile.hostileServer(
    hop.check === 'issuer.keys' ? behindDiscovery(behave, () => server.port) : behave,
  );
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const env = { ...lab.env, ...hop.lead(url) };
    const diagnosis = await diagnose(env, '--timeout', slow ? '3s' : '20s', ...(hop.args ?? []));
    return { diagnosis, url, received: server.received() };
  } finally {
    await server.close();
    if (hop.check.startsWith('issuer.')) moveIssuer(lab, lab.env['FEDCTL_ISSUER'] ?? '');
  }
}

/** A good discovery document, which sends for the keys to the hostile path. */
function behindDiscovery(behave: Behavior, port: () => number): Behavior {
  return hostile.byRequest((request) => {
    const issuer = `http://127.0.0.1:${port()}`;
    if (request.startsWith('GET /.well-known/openid-configuration ')) {
      return http(200, JSON_TYPE, JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
    }
    return (socket) => {
      behave(socket);
      // It waits for what was read here already.
      socket.emit('data', Buffer.from(request));
    };
  });
}

/** What the hop's check says, and how it all ended. */
function verdict({ check: id }: Hop, { exit, checks, check }: Diagnosis, url: string) {
  const found = check(id);
  const worst =
    checks.find(({ status }) => status === 'fail') ?? checks.find(({ status }) => status === 'warn');
  return { exit, first: worst?.id, code: found?.code, says: general(found?.detail ?? '', url) };
}

function general(sentence: string, url: string): string {
  return sentence
    .replace(/^(Cannot reach )?(STS|IAM) in eu-central-1 \([^)]*\)/, '$1WHERE')
    .replace(/Get(CallerIdentity|OutboundWebIdentityFederationInfo)/, 'ACTION')
    .replace(`POST ${url}/api/oauth/token`, 'DOCUMENT')
    .replace(`${url}/.well-known/openid-configuration`, 'DOCUMENT')
    .replace(`${url}/keys`, 'DOCUMENT')
    .replace(url, 'URL')
    .replace(new URL(url).host, 'HOST')
    .replace(/\((ECONNRESET|EPIPE|UND_ERR_SOCKET)\)/, '(CUT)')
    .replace(/\((HPE_HEADER|UND_ERR_HEADERS)_OVERFLOW\)/, '(OVERFLOW)')
    .replace(/the account, ARN or user ID is missing\.$/, 'the response LACKS.')
    .replace(/contains no issuer\.$/, 'LACKS.')
    .replace('The discovery document at DOCUMENT LACKS.', 'The LACKING.')
    .replace('The key set at DOCUMENT has no list of keys.', 'The LACKING.');
}

function judge(hop: Hop, [code, says]: Says, { diagnosis, url, received }: Provoked) {
  expect(verdict(hop, diagnosis, url)).toEqual({ exit: 5, first: hop.check, code, says });
  expect(diagnosis.with('pass')).toEqual(expect.arrayContaining([...hop.passes]));
  expect(diagnosis.check(hop.check)?.remedy).toMatch(/\S/);
  expect(diagnosis.seconds).toBeLessThan(12);
  for (const secret of secretsOf(lab.env)) expect(received).not.toContain(secret);
  expect(received).not.toMatch(TOKEN);
}

type Provoked = Awaited<ReturnType<typeof provoke>>;

/** IAM is asked as STS is, and the keys as the discovery: of the statuses one stands for all. */
const FEW = ROWS.filter(([what]) => !/^answers [45]/.test(what) || what === 'answers 503');
const rowsOf = ({ check }: Hop) => (check === 'iam.federation' || check === 'issuer.keys' ? FEW : ROWS);

describe.each(HOPS)('in the place of %s', (_name, hop) => {
  test.concurrent.each(rowsOf(hop))('a server that %s', async (_what, row) => {
    judge(hop, hop.says(row), await provoke(hop, row.behave, row.slow === true));
  });
});

describe.each(ISSUERS)('in the place of %s', (_name, hop) => {
  // One after the other: the lab has one issuer.
  test.each(rowsOf(hop))('a server that %s', async (_what, row) => {
    judge(hop, hop.says(row), await provoke(hop, row.behave, row.slow === true));
  });
});

describe.each([...HOPS, ...ISSUERS])('a redirect by %s', (_name, hop) => {
  test.each(REDIRECTS)('%i is not followed', async (status) => {
    const elsewhere = await hostile.hostileServer(hostile.answers(http(200)));
    try {
      const location = `http://127.0.0.1:${elsewhere.port}/login`;
      const { diagnosis, url } = await provoke(hop, hostile.answers(http(status, { location })), false);
      const { exit, first, says } = verdict(hop, diagnosis, url);
      expect({ exit, first }).toEqual({ exit: 5, first: hop.check });
      expect([
        noAnswer(status)[1],
        `DOCUMENT redirects to ${location}. fedctl does not follow redirects.`,
        `DOCUMENT redirects to ${location}, which fedctl does not follow.`,
      ]).toContain(says);
      expect(elsewhere.connections()).toBe(0);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('STS itself', () => {
  const error = (status: number, code: string) =>
    hostile.answers(
      http(
        status,
        { 'content-type': 'text/xml' },
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
      ),
    );

  test.concurrent.each([
    [403, 'InvalidClientTokenId', 'aws.access-key-unknown'],
    [403, 'SignatureDoesNotMatch', 'aws.signature-refused'],
    [400, 'Throttling', 'aws.throttled'],
    [503, 'ServiceUnavailable', 'aws.service-failed'],
    [418, 'Teapot', 'aws.request-refused'],
  ])('says %i %s', async (status, name, code) => {
    const { diagnosis } = await provoke(STS, error(status, name), false);
    expect([diagnosis.exit, diagnosis.first?.id, diagnosis.first?.code]).toEqual([5, 'aws.identity', code]);
  });

  test.concurrent('throttles, and then says nothing', async () => {
    let asked = 0;
    const behave = hostile.byRequest((request) =>
      request.startsWith('POST') && asked++ > 0 ? hostile.silent : http(429),
    );
    const { diagnosis, url } = await provoke(STS, behave, true);
    judge(STS, ['aws.throttled', 'WHERE responded to ACTION with HTTP 429 within 3 s, including retries.'], {
      diagnosis,
      url,
      received: '',
    });
  });

  test.concurrent.each([
    ['is silent', hostile.silent, 'aws.timeout', true],
    ['resets', hostile.resets, 'aws.unreachable', false],
    ['answers with HTML', http(200, {}, '<html></html>'), 'aws.not-aws', false],
  ] as const)('knows the caller, and %s when it should mint', async (_what, behave, code, slow) => {
    const real = Number(new URL(lab.env['AWS_ENDPOINT_URL_STS'] ?? '').port);
    const server = await hostile.hostileServer(
      hostile.byRequest((request) =>
        request.includes('Action=GetWebIdentityToken') ? behave : hostile.passOn(real, request),
      ),
    );
    try {
      const env = { ...lab.env, AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${server.port}` };
      const { exit, first, with: ended } = await diagnose(env, '--timeout', slow ? '3s' : '20s');
      expect([exit, first?.id, first?.code]).toEqual([5, 'sts.mint', code]);
      expect(ended('pass')).toEqual(
        expect.arrayContaining(['aws.identity', 'iam.federation', 'issuer.keys', 'mongo.hello']),
      );
      expect(ended('skip')).toContain('mongo.oidc.login');
    } finally {
      await server.close();
    }
  });
});
