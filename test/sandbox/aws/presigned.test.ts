import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import { amzDate } from '../../../src/sandbox/aws/sigv4.ts';
import { type LabUnderTest, startLabAws } from '../../support/lab-aws.ts';
import { type RawAnswer, sendRequest, signRequest } from '../../support/sign-request.ts';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
beforeEach(() => {
  lab.clock.offset = 0;
});
afterAll(() => lab.aws.close());

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Presigning {
  readonly expires?: string;
  /** Headers that are signed beside the host. */
  readonly signed?: Readonly<Record<string, string>>;
  readonly withToken?: boolean;
}

/** A request as `aws eks get-token` makes it: by hand, nothing here comes from what the lab verifies with. */
function presigned(
  keys: LabUser | LabSession,
  { expires = '60', signed = {}, withToken = true }: Presigning = {},
) {
  const headers = { host: new URL(lab.aws.stsUrl).host, ...signed };
  const date = amzDate(lab.now());
  const scope = `${date.slice(0, 8)}/us-east-1/sts/aws4_request`;
  const names = Object.keys(headers).sort();
  const token = 'sessionToken' in keys && withToken ? keys.sessionToken.reveal() : undefined;
  const query = Object.entries({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${keys.accessKeyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': expires,
    ...(token !== undefined && { 'X-Amz-Security-Token': token }),
    'X-Amz-SignedHeaders': names.join(';'),
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const lines = names.map((name) => `${name}:${(headers as Record<string, string>)[name]}\n`).join('');
  const canonical = ['GET', '/', query, lines, names.join(';'), sha256('')].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey.reveal()}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
  return { target: `/?${query}&X-Amz-Signature=${signature}`, headers };
}

function send(target: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return sendRequest(lab.aws.stsUrl, { method: 'GET', target, headers, body: '' });
}

const session = () =>
  lab.world.createSession({ principal: lab.world.role('app'), expiresAt: new Date(Date.now() + 3_600_000) });

describe('a presigned request', () => {
  it('is accepted for the keys of a user and of a session, with further signed headers too', async () => {
    const user = presigned(lab.world.user('operator'));
    expect((await send(user.target, user.headers)).text).toContain(
      '<Arn>arn:aws:iam::123456789012:user/operator</Arn>',
    );
    const cluster = presigned(session(), { signed: { 'x-k8s-aws-id': 'my-cluster' } });
    const answer = await send(cluster.target, cluster.headers);
    expect({ status: answer.status, app: answer.text.includes('assumed-role/app/lab') }).toEqual({
      status: 200,
      app: true,
    });
  });

  it('is refused when a parameter, a header or the signature was changed', async () => {
    const { target, headers } = presigned(lab.world.user('operator'), { signed: { 'x-k8s-aws-id': 'mine' } });
    const flip = target.endsWith('0') ? '1' : '0';
    for (const [changed, sent] of [
      [target.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'), headers],
      [`${target.slice(0, -1)}${flip}`, headers],
      [target, { ...headers, 'x-k8s-aws-id': 'yours' }],
      [target, { host: headers.host }],
      [`${target}&DurationSeconds=1`, headers],
    ] as const) {
      expect(await send(changed, sent)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    }
  });

  it('needs the session token of temporary credentials', async () => {
    const { target, headers } = presigned(session(), { withToken: false });
    expect(await send(target, headers)).toMatchObject({ status: 403, code: 'InvalidClientTokenId' });
  });

  it('is good for as long as it says', async () => {
    const { target, headers } = presigned(lab.world.user('operator'), { expires: '900' });
    lab.clock.offset = 890_000;
    expect(await send(target, headers)).toMatchObject({ status: 200 });
    lab.clock.offset = 910_000;
    const expired = await send(target, headers);
    expect(expired).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(expired.message).toMatch(/^Signature expired: \w+ is now earlier than \w+ \(\w+ - 900 s\.\)$/);
  });

  it.each(['0', '604801', 'x', ''])('has a life of seconds, not %j', async (expires) => {
    const { target, headers } = presigned(lab.world.user('operator'), { expires });
    expect(await send(target, headers)).toMatchObject({
      status: 400,
      code: 'IncompleteSignature',
      message: 'X-Amz-Expires must be a number of seconds between 1 and 604800.',
    });
  });

  it('says which parameter it lacks', async () => {
    const { target, headers } = presigned(lab.world.user('operator'));
    expect(await send(target.replace(/&X-Amz-Signature=.*/, ''), headers)).toMatchObject({
      status: 400,
      code: 'IncompleteSignature',
      message: "AWS query-string parameters must include 'X-Amz-Signature'.",
    });
  });
});

describe('GetCallerIdentity for who accepts JSON', () => {
  const request = (accept: string) => {
    const { accessKeyId, secretAccessKey } = lab.world.user('operator');
    const signed = signRequest({
      accessKeyId,
      secret: secretAccessKey.reveal(),
      date: amzDate(new Date()),
      host: new URL(lab.aws.stsUrl).host,
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    const headers: Readonly<Record<string, string>> = { ...signed.headers, accept };
    return { ...signed, headers };
  };

  it('is JSON', async () => {
    const answer = await sendRequest(lab.aws.stsUrl, request('application/json'));
    expect(answer.headers['content-type']).toBe('application/json');
    expect(JSON.parse(answer.text)).toEqual({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          Account: '123456789012',
          Arn: 'arn:aws:iam::123456789012:user/operator',
          UserId: lab.world.user('operator').id,
        },
        ResponseMetadata: { RequestId: answer.headers['x-amzn-requestid'] },
      },
    });
  });

  it('is JSON when it is refused, and XML for everybody else', async () => {
    const { headers, ...rest } = request('application/json');
    const refused = await sendRequest(lab.aws.stsUrl, {
      ...rest,
      headers: { ...headers, authorization: `${headers['authorization']}0` },
    });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toEqual({
      Error: {
        Code: 'SignatureDoesNotMatch',
        Message: expect.stringContaining('does not match'),
        Type: 'Sender',
      },
      RequestId: refused.headers['x-amzn-requestid'],
    });
    const xml = await sendRequest(lab.aws.stsUrl, request('*/*'));
    expect(xml.text).toContain(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
    );
  });
});
