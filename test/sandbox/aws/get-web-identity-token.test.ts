import { GetWebIdentityTokenCommand, type GetWebIdentityTokenCommandInput } from '@aws-sdk/client-sts';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rfc3339 } from '../../../src/lib/core/time.ts';
import { getWebIdentityToken } from '../../../src/sandbox/aws/get-web-identity-token.ts';
import { callerOf, type LabSession, type LabUser } from '../../../src/sandbox/aws/identities.ts';
import { allowing, namedPolicy } from '../../../src/sandbox/aws/policies.ts';
import { QueryParameters } from '../../../src/sandbox/aws/query.ts';
import { amzDate } from '../../../src/sandbox/aws/sigv4.ts';
import {
  type LabUnderTest,
  ORG_ACCOUNT,
  OWN_ACCOUNT,
  refusalOf,
  startLabAws,
} from '../../support/lab-aws.ts';
import { sendRequest, signRequest } from '../../support/sign-request.ts';

const AWS_CLAIMS = 'https://sts.amazonaws.com/';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
beforeEach(() => {
  lab.world.setFederation(OWN_ACCOUNT, true);
  lab.world.setFederation(ORG_ACCOUNT, true);
});
afterAll(() => lab.aws.close());

const GOOD = { Audience: ['https://a.example'], SigningAlgorithm: 'RS256' } as const;

async function mint(
  given: Partial<GetWebIdentityTokenCommandInput> = {},
  keys: LabUser | LabSession = lab.world.user('operator'),
  region = 'eu-west-1',
) {
  const sts = lab.sts(keys, region);
  const input = { ...GOOD, Audience: [...GOOD.Audience], ...given };
  const { WebIdentityToken: token = '', Expiration: expiration } = await sts.send(
    new GetWebIdentityTokenCommand(input),
  );
  const [, payload = ''] = token.split('.');
  const json = Buffer.from(payload, 'base64url').toString();
  return { token, expiration, json, header: decodeProtectedHeader(token), claims: decodeJwt(token) };
}

function refused(
  given: Partial<GetWebIdentityTokenCommandInput> = {},
  keys: LabUser | LabSession = lab.world.user('operator'),
) {
  return refusalOf(mint(given, keys));
}

function roleSession(seconds = 3600, given: Partial<Parameters<typeof lab.world.createSession>[0]> = {}) {
  return lab.world.createSession({
    principal: lab.world.role('etl'),
    expiresAt: new Date(Date.now() + seconds * 1000),
    ...given,
  });
}

describe('a token', () => {
  it('of a user has the claims, the order and the header of AWS', async () => {
    const before = Date.now();
    const { header, claims, json, expiration, token } = await mint();
    expect(header).toEqual({ kid: 'RSA_0', typ: 'JWT', alg: 'RS256' });
    expect(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).toBe(
      '{"kid":"RSA_0","typ":"JWT","alg":"RS256"}',
    );
    const arn = 'arn:aws:iam::123456789012:user/operator';
    expect(claims).toEqual({
      aud: 'https://a.example',
      sub: arn,
      [AWS_CLAIMS]: { aws_account: OWN_ACCOUNT, source_region: 'eu-west-1', principal_id: arn },
      iss: lab.aws.issuerUrl(OWN_ACCOUNT),
      exp: Math.floor((expiration?.getTime() ?? 0) / 1000),
      iat: (claims.exp ?? 0) - 300,
      jti: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(Object.keys(JSON.parse(json))).toEqual(['aud', 'sub', AWS_CLAIMS, 'iss', 'exp', 'iat', 'jti']);
    expect((expiration?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(300_000);
    expect(lab.lastEntry()?.reason).toBe(
      `minted token ${claims.jti} with key RSA_0, valid until ${expiration?.toISOString()}`,
    );
  });

  it('by ES384 has a raw signature of 96 bytes', async () => {
    const { header, token } = await mint({ SigningAlgorithm: 'ES384' });
    expect(header).toEqual({ kid: 'EC384_0', typ: 'JWT', alg: 'ES384' });
    expect(Buffer.from(token.split('.')[2] ?? '', 'base64url')).toHaveLength(96);
  });

  it('for several audiences has a list, duplicates kept', async () => {
    expect((await mint({ Audience: ['one', 'one'] })).claims.aud).toEqual(['one', 'one']);
    expect((await mint({ Audience: ['x y+z', 'ü&='] })).claims.aud).toEqual(['x y+z', 'ü&=']);
  });

  it('in an organization names it, the path as a list, and the tags of the user', async () => {
    const { claims } = await mint({}, lab.world.user('org-operator'), 'us-east-2');
    expect(claims.iss).toBe(lab.aws.issuerUrl(ORG_ACCOUNT));
    expect(claims.iss).not.toBe(lab.aws.issuerUrl(OWN_ACCOUNT));
    expect(JSON.stringify(claims[AWS_CLAIMS])).toBe(
      JSON.stringify({
        org_id: 'o-lab4fedctl',
        aws_account: ORG_ACCOUNT,
        ou_path: ['o-lab4fedctl/r-lab1/ou-lab1-workloads/'],
        source_region: 'us-east-2',
        principal_id: 'arn:aws:iam::210987654321:user/org-operator',
        principal_tags: { Team: 'platform', 'cost-center': '42' },
      }),
    );
  });

  it('of a role session names the role with its path, merges tags and tells when the session ends', async () => {
    const session = roleSession(3600, { tags: { team: 'session' }, sourceIdentity: 'alice' });
    const { claims } = await mint({ Tags: [{ Key: 'aws:x', Value: '' }] }, session);
    const arn = 'arn:aws:iam::123456789012:role/team/data/etl';
    expect(claims.sub).toBe(arn);
    expect(claims[AWS_CLAIMS]).toEqual({
      aws_account: OWN_ACCOUNT,
      request_tags: { 'aws:x': '' },
      original_session_exp: rfc3339(session.expiresAt),
      source_region: 'eu-west-1',
      principal_id: arn,
      principal_tags: { Stage: 'lab', team: 'session' },
      source_identity: 'alice',
    });
  });

  it('of a GetSessionToken session names the user', async () => {
    const session = roleSession(3600, { principal: lab.world.user('operator') });
    const { claims } = await mint({}, session);
    expect(claims.sub).toBe('arn:aws:iam::123456789012:user/operator');
    expect(claims[AWS_CLAIMS]).toMatchObject({ original_session_exp: rfc3339(session.expiresAt) });
  });
});

describe('what AWS does not accept', () => {
  const one = '1 validation error detected: ';
  const algorithm =
    'Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms';
  const eleven = Array.from({ length: 11 }, (_, index) => `a${index}`);
  const cases: readonly (readonly [string, Partial<GetWebIdentityTokenCommandInput>, string])[] = [
    [
      '59 seconds',
      { DurationSeconds: 59 },
      `${one}Value '59' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60`,
    ],
    [
      '3601 seconds',
      { DurationSeconds: 3601 },
      `${one}Value '3601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 3600`,
    ],
    [
      'no audience',
      { Audience: [] },
      `${one}Value null at 'audience' failed to satisfy constraint: Member must not be null`,
    ],
    [
      'eleven audiences',
      { Audience: eleven },
      `${one}Value '[${eleven.join(', ')}]' at 'audience' failed to satisfy constraint: Member must have length less than or equal to 10`,
    ],
    [
      'an audience of 1001 characters',
      { Audience: ['ü'.repeat(1001)] },
      `${one}Value '[${'ü'.repeat(1001)}]' at 'audience' failed to satisfy constraint: Member must satisfy constraint: ` +
        '[Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]',
    ],
    ['rs256', { SigningAlgorithm: 'rs256' }, algorithm],
    ['PS256', { SigningAlgorithm: 'PS256' }, algorithm],
    [
      'none',
      { SigningAlgorithm: 'none' },
      `${one}Value 'none' at 'signingAlgorithm' failed to satisfy constraint: Member must have length greater than or equal to 5`,
    ],
    [
      'an empty tag key',
      { Tags: [{ Key: '', Value: 'v' }] },
      "2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1; Value '' at 'tags.1.member.key' failed to satisfy " +
        'constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
    ],
    [
      'two faults at once',
      { DurationSeconds: 1, Tags: [{ Key: 'k', Value: 'a<b' }] },
      "2 validation errors detected: Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have " +
        "value greater than or equal to 60; Value 'a<b' at 'tags.1.member.value' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
    ],
  ];

  it.each(cases)('%s', async (_what, given, message) => {
    expect(await refused(given)).toEqual({
      name: 'ValidationError',
      code: 'ValidationError',
      status: 400,
      message,
    });
  });

  it('51 tags', async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(await refused({ Tags: tags(51) })).toMatchObject({ code: 'ValidationError', status: 400 });
    expect((await mint({ Tags: tags(50) })).claims[AWS_CLAIMS]).toHaveProperty('request_tags.k49', '');
  });

  it('tag keys that differ in case only', async () => {
    const Tags = [
      { Key: 'Team', Value: 'a' },
      { Key: 'team', Value: 'b' },
    ];
    expect(await refused({ Tags })).toEqual({
      name: 'InvalidParameterValue',
      code: 'InvalidParameterValue',
      status: 400,
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    });
  });

  it('limits are inclusive: ten audiences, 1000 characters, 60 and 3600 seconds', async () => {
    const Audience = Array.from({ length: 10 }, (_, index) => String(index));
    expect((await mint({ Audience, DurationSeconds: 60 })).claims.aud).toEqual(Audience);
    const long = 'a'.repeat(1000);
    expect((await mint({ Audience: [long], DurationSeconds: 3600 })).claims.aud).toBe(long);
  });
});

describe('the size of the claims', () => {
  /** A request whose claims are exactly so many bytes: 48 full tags, and the rest in the second audience. */
  async function requestFor(bytes: number) {
    const Tags = Array.from({ length: 48 }, (_, index) => ({ Key: `k${index}`, Value: 'v'.repeat(256) }));
    const audience = (length: number) => ['x'.repeat(1000), 'y'.repeat(length)];
    const { json } = await mint({ Audience: audience(1), Tags });
    return { Audience: audience(1 + bytes - Buffer.byteLength(json)), Tags };
  }

  it.each(['RS256', 'ES384'])('may be 14984 bytes and no more, by %s', async (SigningAlgorithm) => {
    const most = await requestFor(14_984);
    const { json } = await mint({ ...most, SigningAlgorithm });
    expect(Buffer.byteLength(json)).toBe(14_984);
    const oneMore = await requestFor(14_985);
    expect(await refused({ ...oneMore, SigningAlgorithm })).toEqual({
      name: 'JWTPayloadSizeExceededException',
      code: 'JWTPayloadSizeExceededException',
      status: 400,
      message: 'The requested token payload size exceeds the maximum allowed size.',
    });
    expect(lab.lastEntry()?.reason).toContain('the claims are 14985 bytes; the limit is 14984');
  });
});

describe('the order of evaluation', () => {
  const DISABLED = {
    name: 'OutboundWebIdentityFederationDisabledException',
    code: 'OutboundWebIdentityFederationDisabledException',
    status: 403,
    message: 'OutboundWebIdentityFederation is disabled.',
  };
  const TOO_SHORT = {
    name: 'SessionDurationEscalationException',
    code: 'SessionDurationEscalationException',
    status: 403,
    message: "Requested token expiry time must be before the original session's expiry time.",
  };
  const denied = (action: string, arn: string) => ({
    name: 'AccessDenied',
    code: 'AccessDenied',
    status: 403,
    message:
      `User: ${arn} is not authorized to perform: ${action} on resource: arn:aws:sts::123456789012:self ` +
      `because no identity-based policy allows the ${action} action`,
  });
  const duplicates = [
    { Key: 'a', Value: '' },
    { Key: 'A', Value: '' },
  ];

  beforeEach(() => lab.world.setFederation(OWN_ACCOUNT, false));

  it('disabled comes after everything that the request itself can be wrong about', async () => {
    expect(await refused()).toEqual(DISABLED);
    expect(lab.lastEntry()).toMatchObject({
      hop: 'sts',
      action: 'GetWebIdentityToken',
      principal: 'arn:aws:iam::123456789012:user/operator',
      decision: 'refused',
      reason:
        'OutboundWebIdentityFederationDisabledException: outbound federation of account 123456789012 is disabled',
    });
    const session = roleSession(900);
    expect(await refused({ DurationSeconds: 900 }, session)).toEqual(TOO_SHORT);
    expect(await refused({ DurationSeconds: 800 }, session)).toEqual(DISABLED);
  });

  it('a missing permission hides that the feature is off, and that the session is too short', async () => {
    const arn = 'arn:aws:iam::123456789012:user/no-mint';
    const noMint = lab.world.user('no-mint');
    expect(await refused({}, noMint)).toEqual(denied('sts:GetWebIdentityToken', arn));
    const session = roleSession(60, { principal: noMint });
    expect(await refused({}, session)).toEqual(denied('sts:GetWebIdentityToken', arn));
  });

  it('tags need a permission of their own', async () => {
    const mint = namedPolicy('Mint', allowing('sts:GetWebIdentityToken'), 'permissions');
    const mintOnly = { ...lab.world.role('app'), policies: { identity: [mint], boundary: null } };
    const session = roleSession(3600, { principal: mintOnly, sessionName: 's1' });
    const arn = 'arn:aws:sts::123456789012:assumed-role/app/s1';
    expect(await refused({}, session)).toEqual(DISABLED);
    expect(await refused({ Tags: [{ Key: 'a', Value: 'b' }] }, session)).toEqual(
      denied('sts:TagGetWebIdentityToken', arn),
    );
  });

  it('parameters come before duplicate tags, and those before permission', async () => {
    const noMint = lab.world.user('no-mint');
    expect(await refused({ Tags: duplicates, DurationSeconds: 1 }, noMint)).toMatchObject({
      code: 'ValidationError',
    });
    expect(await refused({ Tags: duplicates }, noMint)).toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('a token must end before its session, not with it', async () => {
    lab.world.setFederation(OWN_ACCOUNT, true);
    expect(await refused({ DurationSeconds: 900 }, roleSession(900))).toEqual(TOO_SHORT);
    const { claims } = await mint({ DurationSeconds: 880 }, roleSession(900));
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(880);
    // To the second, which no client can time.
    const now = new Date('2026-11-22T12:00:00Z');
    const session = roleSession(0, { expiresAt: new Date(now.getTime() + 900_000) });
    const mintFor = async (seconds: number) => {
      const parameters = new QueryParameters(
        new Map([
          ['Audience.member.1', 'a'],
          ['SigningAlgorithm', 'ES384'],
          ['DurationSeconds', String(seconds)],
        ]),
      );
      const call = {
        world: lab.world,
        caller: callerOf(session),
        parameters,
        region: 'eu-west-1',
        host: 'x',
        replayed: false,
        now,
      };
      return await getWebIdentityToken(call);
    };
    await expect(mintFor(900)).rejects.toMatchObject({ code: TOO_SHORT.code });
    expect((await mintFor(899)).result).toContainEqual(['Expiration', '2026-11-22T12:14:59.000Z']);
  });
});

it('does not exist on the global endpoint, where GetCallerIdentity does', async () => {
  const { accessKeyId, secretAccessKey } = lab.world.user('operator');
  const signed = (body: string) =>
    signRequest({
      accessKeyId,
      secret: secretAccessKey.reveal(),
      date: amzDate(new Date()),
      host: 'sts.amazonaws.com',
      body: `Version=2011-06-15&${body}`,
    });
  const mintBody = 'Action=GetWebIdentityToken&Audience.member.1=a&SigningAlgorithm=RS256';
  const answer = await sendRequest(lab.aws.stsUrl, signed(mintBody));
  expect([answer.status, answer.code, answer.message]).toEqual([
    400,
    'InvalidAction',
    'Operation not supported on STS global endpoint',
  ]);
  expect((await sendRequest(lab.aws.stsUrl, signed('Action=GetCallerIdentity'))).status).toBe(200);
});

it('reads a space as plus and as %20, an empty list as none, and a default duration of 300 s', async () => {
  const { accessKeyId, secretAccessKey } = lab.world.user('operator');
  const body =
    'Tags=&SigningAlgorithm=RS256&Audience.member.2=b%20c&Audience.member.1=a+b' +
    '&Version=2011-06-15&Action=GetWebIdentityToken';
  const request = signRequest({
    accessKeyId,
    secret: secretAccessKey.reveal(),
    date: amzDate(new Date()),
    host: 'x',
    body,
  });
  const { text } = await sendRequest(lab.aws.stsUrl, request);
  const claims = decodeJwt(/<WebIdentityToken>(.*)<\/WebIdentityToken>/.exec(text)?.[1] ?? '');
  expect(claims.aud).toEqual(['a b', 'b c']);
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  expect(text).toMatch(/<Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z<\/Expiration>/);
});
