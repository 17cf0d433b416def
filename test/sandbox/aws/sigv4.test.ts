import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../src/sandbox/aws/loopback-server.ts';
import {
  type Authorization,
  amzDate,
  parseAmzDate,
  parseAuthorization,
  signatureMatches,
} from '../../../src/sandbox/aws/sigv4.ts';

/** AWS's and MongoDB's published signatures (AWS Signature Version 4 test suite; facts/mongodb.md 2.2). */
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

const GET_VANILLA = {
  request: request('GET', '', [
    ['host', 'example.amazonaws.com'],
    ['x-amz-date', '20150830T123600Z'],
  ]),
  date: '20150830T123600Z',
  secret: SECRET,
  authorization: authorization({
    day: '20150830',
    service: 'service',
    signedHeaders: ['host', 'x-amz-date'],
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  }),
};

const MONGODB_HEADERS = [
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-length', '43'],
  ['host', 'sts.amazonaws.com'],
  ['x-amz-date', '20251215T123456Z'],
  ['x-mongodb-server-nonce', 'fakenonce'],
  ['x-mongodb-gs2-cb-flag', 'n'],
] as const;
const MONGODB_BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

const MONGODB_LONG_TERM = {
  request: request('POST', MONGODB_BODY, MONGODB_HEADERS),
  date: '20251215T123456Z',
  secret: SECRET,
  authorization: authorization({
    day: '20251215',
    service: 'sts',
    signedHeaders: MONGODB_HEADERS.map(([name]) => name).sort(),
    signature: '48a66f9fc76829002a7a7ac5b92e4089395d9b88ea7d417ab146949b90eeab08',
  }),
};

const MONGODB_TEMPORARY_HEADERS = [...MONGODB_HEADERS, ['x-amz-security-token', 'AQoDYXdzEJ']] as const;
const MONGODB_TEMPORARY = {
  request: request('POST', MONGODB_BODY, MONGODB_TEMPORARY_HEADERS),
  date: '20251215T123456Z',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYexamplekey',
  authorization: authorization({
    day: '20251215',
    service: 'sts',
    signedHeaders: MONGODB_TEMPORARY_HEADERS.map(([name]) => name).sort(),
    signature: 'bbcb06e2feb8651dced329789743ba283f92ef1302d34a7398cb1d35808a1a66',
  }),
};

type Vector = typeof GET_VANILLA;

function request(method: string, body: string, headers: readonly (readonly [string, string])[]): HttpRequest {
  return {
    method,
    target: '/',
    headers,
    body: Buffer.from(body),
    remoteAddress: '127.0.0.1',
    localAddress: '127.0.0.1',
  };
}

function authorization(
  given: Pick<Authorization, 'day' | 'service' | 'signedHeaders' | 'signature'>,
): Authorization {
  return { accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1', terminator: 'aws4_request', ...given };
}

async function matches(vector: Vector): Promise<boolean> {
  const date = parseAmzDate(vector.date);
  if (date === null) throw new Error('no date');
  return await signatureMatches(vector.request, vector.authorization, date, vector.secret);
}

/** The text with one bit of the byte in its middle turned. */
function flipped(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + String.fromCharCode(text.charCodeAt(middle) ^ 1) + text.slice(middle + 1);
}

const VECTORS: readonly (readonly [string, Vector])[] = [
  ["AWS's get-vanilla", GET_VANILLA],
  ['MONGODB-AWS with long-term keys', MONGODB_LONG_TERM],
  ['MONGODB-AWS with a session token', MONGODB_TEMPORARY],
];

describe.each(VECTORS)('%s', (_name, vector) => {
  it('has the published signature', async () => {
    expect(await matches(vector)).toBe(true);
  });

  it.each(vector.authorization.signedHeaders)('is refused when one bit of %s is turned', async (name) => {
    const headers = vector.request.headers.map(
      ([sent, value]) => [sent, sent === name ? flipped(value) : value] as const,
    );
    // The date is a fact of its own: the verifier takes it from the header, so it is turned where it counts.
    const date = name === 'x-amz-date' ? `${vector.date.slice(0, 14)}9Z` : vector.date;
    expect(await matches({ ...vector, date, request: { ...vector.request, headers } })).toBe(false);
  });

  it('is refused when body, method, path, query, secret, scope or signature differ', async () => {
    const { request: sent, authorization: header } = vector;
    const mutants: Partial<Vector>[] = [
      { request: { ...sent, body: Buffer.concat([sent.body, Buffer.from(' ')]) } },
      { request: { ...sent, method: 'PUT' } },
      { request: { ...sent, target: '/x' } },
      { request: { ...sent, target: '/?a=b' } },
      { secret: flipped(vector.secret) },
      { authorization: { ...header, region: flipped(header.region) } },
      { authorization: { ...header, service: flipped(header.service) } },
      { authorization: { ...header, signature: flipped(header.signature) } },
      { authorization: { ...header, signature: '' } },
      { authorization: { ...header, signedHeaders: header.signedHeaders.slice(1) } },
    ];
    const answers = await Promise.all(mutants.map((mutant) => matches({ ...vector, ...mutant })));
    expect(answers).toEqual(mutants.map(() => false));
  });
});

describe('parseAuthorization', () => {
  const parsed: Authorization = {
    accessKeyId: 'AKID',
    day: '20261122',
    region: 'eu-west-1',
    service: 'sts',
    terminator: 'aws4_request',
    signedHeaders: ['host', 'x-amz-date'],
    signature: 'ab',
  };

  it.each([
    'AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab',
    'AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/sts/aws4_request,SignedHeaders=host;x-amz-date,Signature=ab',
    'AWS4-HMAC-SHA256 Signature=ab, SignedHeaders=Host;X-Amz-Date, Credential=AKID/20261122/eu-west-1/sts/aws4_request',
  ])('reads %s', (header) => {
    expect(parseAuthorization(header)).toEqual(parsed);
  });

  it('tells everything that is missing in the words of AWS', () => {
    expect(parseAuthorization('Bearer abc')).toEqual({
      faults: [
        "Authorization header requires 'Credential' parameter.",
        "Authorization header requires 'Signature' parameter.",
        "Authorization header requires 'SignedHeaders' parameter.",
      ],
    });
    expect(
      parseAuthorization('AWS4-HMAC-SHA256 Credential=AKID/sts, SignedHeaders=host, Signature=ab'),
    ).toEqual({
      faults: [
        'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
      ],
    });
  });
});

describe('the date of a signature', () => {
  it('goes both ways', () => {
    expect(parseAmzDate('20261122T081000Z')).toEqual(new Date('2026-11-22T08:10:00Z'));
    expect(amzDate(new Date('2026-11-22T08:10:00.987Z'))).toBe('20261122T081000Z');
  });

  it.each(['', '2026-11-22T08:10:00Z', '20261322T081000Z', '20261122T081000Z '])('is not %j', (text) => {
    expect(parseAmzDate(text)).toBeNull();
  });
});
