import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { amzDate } from '../../../src/sandbox/aws/sigv4.ts';
import { type LabUnderTest, startLabAws } from '../../support/lab-aws.ts';
import {
  type RawAnswer,
  type SignedRequest,
  type SigningFacts,
  sendRequest,
  signRequest,
} from '../../support/sign-request.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
  'and signing method. Consult the service documentation for details.';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
beforeEach(() => {
  lab.clock.offset = 0;
});
afterAll(() => lab.aws.close());

/** The facts of a good request by the operator's keys, or by those of a session of the role `app`. */
function facts(given: Partial<SigningFacts> = {}): SigningFacts {
  const { accessKeyId, secretAccessKey } = lab.world.user('operator');
  return {
    accessKeyId,
    secret: secretAccessKey.reveal(),
    date: amzDate(new Date()),
    host: new URL(lab.aws.stsUrl).host,
    body: BODY,
    ...given,
  };
}

function sessionFacts(expiresInMs = 3_600_000): SigningFacts {
  const session = lab.world.createSession({
    principal: lab.world.role('app'),
    expiresAt: new Date(Date.now() + expiresInMs),
  });
  return facts({
    accessKeyId: session.accessKeyId,
    secret: session.secretAccessKey.reveal(),
    sessionToken: session.sessionToken.reveal(),
  });
}

function send(request: SignedRequest): Promise<RawAnswer> {
  return sendRequest(lab.aws.stsUrl, request);
}

function withHeaders(request: SignedRequest, headers: Record<string, string>): SignedRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function flipped(text: string, at = Math.floor(text.length / 2)): string {
  const flip = text.charAt(at) === 'a' ? 'b' : 'a';
  return text.slice(0, at) + flip + text.slice(at + 1);
}

const OPERATOR = '<Arn>arn:aws:iam::123456789012:user/operator</Arn>';

describe('a good signature is accepted', () => {
  const sha256 = createHash('sha256').update(BODY).digest('hex');
  const forms: readonly (readonly [string, Partial<SigningFacts>])[] = [
    [
      'as the AWS CLI signs',
      { signed: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } },
    ],
    [
      'as the JavaScript SDK signs',
      {
        signed: {
          'content-length': '43',
          'x-amz-content-sha256': sha256,
          'amz-sdk-invocation-id': 'a1b2',
          'amz-sdk-request': 'attempt=1; max=3',
          'x-amz-user-agent': 'aws-sdk-js/3.1169.0',
        },
      },
    ],
    [
      'as a MongoDB driver signs, for another host and the Region of that host',
      {
        host: 'sts.amazonaws.com',
        region: 'us-east-1',
        signed: {
          'content-length': '43',
          'x-mongodb-gs2-cb-flag': 'n',
          'x-mongodb-server-nonce': Buffer.alloc(64, 7).toString('base64'),
        },
      },
    ],
    ['for a Region that does not exist', { region: '0' }],
    ['in the query of a GET', { method: 'GET', target: `/?${BODY}`, body: '' }],
    ['four minutes late', { date: amzDate(new Date(Date.now() - 240_000)) }],
    ['four minutes early', { date: amzDate(new Date(Date.now() + 240_000)) }],
    ['with many spaces in a header', { signed: { 'x-amz-meta': '  a   b  ' } }],
  ];

  it.each(forms)('%s', async (_form, given) => {
    const answer = await send(signRequest(facts(given)));
    expect(answer.text).toContain(OPERATOR);
    expect(answer.status).toBe(200);
  });

  it('with a session token', async () => {
    const answer = await send(signRequest(sessionFacts()));
    expect(answer.text).toContain('<Arn>arn:aws:sts::123456789012:assumed-role/app/lab</Arn>');
  });

  it('with headers that are not signed, a body hash among them', async () => {
    const signed = signRequest(facts());
    const answer = await send(
      withHeaders(signed, { 'x-amz-content-sha256': sha256, 'amz-sdk-request': 'attempt=2' }),
    );
    expect(answer.text).toContain(OPERATOR);
  });
});

describe('one byte that differs is refused', () => {
  const mutations: readonly (readonly [string, (request: SignedRequest) => SignedRequest, string, string])[] =
    [
      [
        'in the signature',
        (request) => {
          const header = request.headers['authorization'] ?? '';
          return withHeaders(request, { authorization: flipped(header, header.length - 1) });
        },
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the body',
        (request) => ({ ...request, body: `${BODY}&` }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the query',
        (request) => ({ ...request, target: '/?a' }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in a signed header',
        (request) => withHeaders(request, { 'content-type': 'application/x-www-form-urlencodeD' }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the host',
        (request) => withHeaders(request, { host: 'sts.amazonaws.con' }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the date',
        (request) => {
          const date = request.headers['x-amz-date'] ?? '';
          const second = (Number(date.charAt(14)) + 1) % 10;
          return withHeaders(request, { 'x-amz-date': `${date.slice(0, 14)}${second}Z` });
        },
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the session token',
        (request) =>
          withHeaders(request, {
            'x-amz-security-token': flipped(request.headers['x-amz-security-token'] ?? ''),
          }),
        'InvalidClientTokenId',
        'the session token does not belong to',
      ],
      [
        'in the access key ID',
        (request) =>
          withHeaders(request, { authorization: flipped(request.headers['authorization'] ?? '', 40) }),
        'InvalidClientTokenId',
        'is unknown',
      ],
      [
        'in the list of signed headers, which no longer names the date',
        (request) =>
          withHeaders(request, {
            authorization: (request.headers['authorization'] ?? '').replace(';x-amz-date', ''),
          }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'in the list of signed headers, which names one that was not sent',
        (request) =>
          withHeaders(request, {
            authorization: (request.headers['authorization'] ?? '').replace(';host;', ';host;nobody;'),
          }),
        'SignatureDoesNotMatch',
        'the signature does not match the secret access key of',
      ],
      [
        'between the body and its hash',
        (request) => withHeaders(request, { 'x-amz-content-sha256': '0'.repeat(64) }),
        'SignatureDoesNotMatch',
        'x-amz-content-sha256 is not the hash of the body',
      ],
    ];

  it.each(mutations)('%s', async (_place, mutate, code, reason) => {
    const good = signRequest(sessionFacts());
    expect((await send(good)).status).toBe(200);
    const answer = await send(mutate(good));
    expect([answer.status, answer.code]).toEqual([403, code]);
    expect(lab.lastEntry()?.reason).toContain(reason);
  });

  it('in the body, although a signed hash of the old one came along', async () => {
    const hash = createHash('sha256').update(BODY).digest('hex');
    const good = signRequest(facts({ signed: { 'x-amz-content-sha256': hash } }));
    const answer = await send({ ...good, body: BODY.replace('GetCallerIdentity', 'GetSessionToken') });
    expect([answer.code, answer.message]).toEqual(['SignatureDoesNotMatch', MISMATCH]);
    expect(lab.lastEntry()?.reason).toBe(
      'SignatureDoesNotMatch: x-amz-content-sha256 is not the hash of the body',
    );
  });

  it('in the nonce that a MongoDB server gave', async () => {
    const signed = { 'x-mongodb-server-nonce': Buffer.alloc(64, 7).toString('base64') };
    const good = signRequest(facts({ host: 'sts.amazonaws.com', signed }));
    expect((await send(good)).status).toBe(200);
    const answer = await send(
      withHeaders(good, { 'x-mongodb-server-nonce': flipped(signed['x-mongodb-server-nonce']) }),
    );
    expect([answer.status, answer.code]).toEqual([403, 'SignatureDoesNotMatch']);
  });
});

describe('refusals have the codes and words of AWS', () => {
  async function refusal(request: SignedRequest): Promise<unknown[]> {
    const { status, code, message } = await send(request);
    return [status, code, message];
  }

  it('no signature', async () => {
    const { authorization: _, ...headers } = signRequest(facts()).headers;
    expect(await refusal({ method: 'POST', target: '/', headers, body: BODY })).toEqual([
      403,
      'MissingAuthenticationToken',
      'Request is missing Authentication Token',
    ]);
  });

  it('another kind of authorization', async () => {
    expect(await refusal(withHeaders(signRequest(facts()), { authorization: 'Bearer abc' }))).toEqual([
      400,
      'IncompleteSignature',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter.",
    ]);
  });

  it('no date, and a date of another form', async () => {
    const { 'x-amz-date': _, ...headers } = signRequest(facts()).headers;
    expect(await refusal({ method: 'POST', target: '/', headers, body: BODY })).toEqual([
      400,
      'IncompleteSignature',
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ]);
    expect(await refusal(withHeaders(signRequest(facts()), { 'x-amz-date': 'today' }))).toEqual([
      400,
      'IncompleteSignature',
      "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601",
    ]);
  });

  it('a host that is not signed', async () => {
    const request = signRequest(facts());
    const authorization = (request.headers['authorization'] ?? '').replace('host;', '');
    expect(await refusal(withHeaders(request, { authorization }))).toEqual([
      403,
      'SignatureDoesNotMatch',
      "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ]);
  });

  it('a scope of another day, service or terminator', async () => {
    const date = amzDate(new Date());
    const day = date.slice(0, 8);
    expect(await refusal(signRequest(facts({ date, day: '20150830' })))).toEqual([
      403,
      'SignatureDoesNotMatch',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'20150830' != '${day}', from '${date}'.`,
    ]);
    expect(await refusal(signRequest(facts({ service: 'iam' })))).toEqual([
      403,
      'SignatureDoesNotMatch',
      "Credential should be scoped to correct service: 'sts'.",
    ]);
    const request = signRequest(facts());
    const authorization = (request.headers['authorization'] ?? '').replace('aws4_request', 'aws5');
    expect(await refusal(withHeaders(request, { authorization }))).toEqual([
      403,
      'SignatureDoesNotMatch',
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.",
    ]);
  });

  it('an unknown key, a key without its session token, a session token with a long-term key', async () => {
    const invalid = [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'];
    const { sessionToken: _, ...withoutToken } = sessionFacts();
    expect(await refusal(signRequest(facts({ accessKeyId: 'AKIANOBODY' })))).toEqual(invalid);
    expect(await refusal(signRequest(withoutToken))).toEqual(invalid);
    expect(await refusal(signRequest(facts({ sessionToken: 'abc' })))).toEqual(invalid);
  });

  it('an expired session', async () => {
    expect(await refusal(signRequest(sessionFacts(-1000)))).toEqual([
      403,
      'ExpiredToken',
      'The security token included in the request is expired',
    ]);
  });

  it('a wrong secret', async () => {
    expect(await refusal(signRequest(facts({ secret: 'wrong' })))).toEqual([
      403,
      'SignatureDoesNotMatch',
      MISMATCH,
    ]);
  });

  it('a clock that is off by more than five minutes', async () => {
    lab.clock.offset = 301_000;
    const date = amzDate(new Date());
    const [status, code, message] = await refusal(signRequest(facts({ date })));
    expect([status, code]).toEqual([403, 'SignatureDoesNotMatch']);
    expect(message).toMatch(
      new RegExp(
        `^Signature expired: ${date} is now earlier than \\d{8}T\\d{6}Z \\(\\d{8}T\\d{6}Z - 5 min\\.\\)$`,
      ),
    );
    lab.clock.offset = -302_000;
    expect((await refusal(signRequest(facts({ date }))))[2]).toMatch(
      new RegExp(
        `^Signature not yet current: ${date} is still later than \\d{8}T\\d{6}Z \\(\\d{8}T\\d{6}Z \\+ 5 min\\.\\)$`,
      ),
    );
  });
});

describe('the lab survives', () => {
  it('any authorization header, date and body', async () => {
    const noise = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
    });
    await fc.assert(
      fc.asyncProperty(noise, noise, noise, async (authorization, date, rest) => {
        const request = signRequest(facts());
        const answer = await send({
          ...request,
          headers: { ...request.headers, authorization, 'x-amz-date': date },
          body: `${BODY}&${rest}`,
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });

  it('and tells nobody a secret in its log', async () => {
    const session = sessionFacts();
    await send(signRequest(session));
    await send(signRequest({ ...session, secret: 'wrong' }));
    const told = JSON.stringify(lab.log.entries());
    expect(told).toContain(session.accessKeyId);
    expect(told).not.toContain(session.secret);
    expect(told).not.toContain(session.sessionToken);
    expect(told).not.toContain(lab.world.user('operator').secretAccessKey.reveal());
  });
});
