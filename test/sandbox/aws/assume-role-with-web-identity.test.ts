import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  GetCallerIdentityCommand,
  GetWebIdentityTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { namesPrincipal } from '../../../src/sandbox/aws/trust-policy.ts';
import { type ForgedKey, forgeKey, sign } from '../../support/forge.ts';
import { DISCOVERY, type IssuerServer, JWKS, json, startIssuer } from '../../support/issuer-server.ts';
import { type LabUnderTest, OWN_ACCOUNT, refusalOf, startLabAws } from '../../support/lab-aws.ts';

const APP = 'arn:aws:iam::123456789012:role/app';
const SUBJECT = 'system:serviceaccount:shop:web';
const AUDIENCE = 'sts.amazonaws.com';
const JTI = '0f3c2a10-0000-4000-8000-000000000002';
const EVIDENCE = `token jti "${JTI}", kid "key-1"`;

let lab: LabUnderTest;
let issuer: IssuerServer;
let key: ForgedKey;
beforeAll(async () => {
  lab = await startLabAws();
  key = await forgeKey('RS256', 'key-1');
  issuer = await startIssuer([]);
});
afterAll(async () => {
  await lab.aws.close();
  await issuer[Symbol.asyncDispose]();
});
beforeEach(() => {
  issuer.answers.set(DISCOVERY, json({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}${JWKS}` }));
  issuer.answers.set(JWKS, json({ keys: [key.jwk] }));
  lab.world.trustIssuer({
    accountId: OWN_ACCOUNT,
    issuer: issuer.issuer,
    audiences: [AUDIENCE],
    roles: [{ name: 'app', subject: 'system:serviceaccount:shop:*' }],
  });
});

function payload(changes: Readonly<Record<string, unknown>> = {}) {
  const iat = Math.floor(lab.now().getTime() / 1000);
  return { iss: issuer.issuer, aud: AUDIENCE, sub: SUBJECT, iat, exp: iat + 600, jti: JTI, ...changes };
}

const token = (changes = {}, header = {}, by = key) => sign(by, payload(changes), header);

/** As pods do it: with no credentials at all. */
async function assume(
  WebIdentityToken: string,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
  stsUrl = lab.aws.stsUrl,
) {
  const sts = new STSClient({
    region: 'eu-west-1',
    endpoint: stsUrl,
    maxAttempts: 1,
    credentials: () => Promise.reject(new Error('nothing to sign with')),
  });
  const { $metadata: _, ...answer } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: APP,
      RoleSessionName: 'web-1',
      WebIdentityToken,
      ...input,
    }),
  );
  return { answer, session: lab.session(answer) };
}

describe('AssumeRoleWithWebIdentity', () => {
  test('gives an hour of the role for a token of an issuer that the account trusts', async () => {
    const { answer, session } = await assume(await token());
    const provider = `arn:aws:iam::123456789012:oidc-provider/${issuer.issuer.slice('http://'.length)}`;
    expect(answer).toEqual({
      SubjectFromWebIdentityToken: SUBJECT,
      Audience: AUDIENCE,
      AssumedRoleUser: {
        Arn: 'arn:aws:sts::123456789012:assumed-role/app/web-1',
        AssumedRoleId: `${lab.world.role('app').id}:web-1`,
      },
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey.reveal(),
        SessionToken: session.sessionToken.reveal(),
        Expiration: session.expiresAt,
      },
      Provider: provider,
    });
    expect(Math.abs((session.expiresAt.getTime() - lab.now().getTime()) / 1000 - 3600)).toBeLessThan(2);
    expect(lab.lastEntry()).toMatchObject({
      principal: null,
      decision: 'allowed',
      reason: expect.stringContaining(`, for "${SUBJECT}" of ${issuer.issuer} (${EVIDENCE})`),
    });
    const { Arn } = await lab.sts(session).send(new GetCallerIdentityCommand());
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/app/web-1');
  });

  test('names the provider in tokens that the session mints', async () => {
    lab.world.setFederation(OWN_ACCOUNT, true);
    const { session } = await assume(await token());
    const { WebIdentityToken = '' } = await lab
      .sts(session)
      .send(new GetWebIdentityTokenCommand({ Audience: ['x'], SigningAlgorithm: 'RS256' }));
    const claims = JSON.parse(Buffer.from(WebIdentityToken.split('.')[1] ?? '', 'base64url').toString());
    expect(claims['https://sts.amazonaws.com/'].federated_provider).toBe(session.federatedProvider);
  });

  test('takes ES384 too, and a key that was rotated in a moment ago', async () => {
    const next = await forgeKey('ES384', 'key-2');
    issuer.answers.set(JWKS, json({ keys: [key.jwk, next.jwk] }));
    expect((await assume(await token({}, {}, next))).session.principal.name).toBe('app');
  });

  test('session of a role may chain, for an hour at most', async () => {
    const { session } = await assume(await token());
    const etl = {
      RoleArn: 'arn:aws:iam::123456789012:role/team/data/etl',
      RoleSessionName: 'chain',
      ExternalId: 'lab-external-id',
      DurationSeconds: 3601,
    };
    expect(await refusalOf(lab.sts(session).send(new AssumeRoleCommand(etl)))).toMatchObject({
      code: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });
});

const NO_JWT =
  'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";

/** How the wire refuses, and what the log says of it. */
async function refusal(calling: Promise<unknown>) {
  const { code, status, message } = (await refusalOf(calling)) as Record<string, unknown>;
  const reason = lab.lastEntry()?.reason.replaceAll(issuer.issuer, 'ISSUER');
  return { code, status, message: String(message).replaceAll(issuer.issuer, 'ISSUER'), reason };
}

const invalid = (message: string, reason = message) => ({
  code: 'InvalidIdentityToken',
  status: 400,
  message,
  reason: `InvalidIdentityToken: ${EVIDENCE}: ${reason}`,
});

describe('a token is refused', () => {
  test.each<[string, object, string, string?]>([
    [
      'of an issuer nobody trusts',
      { iss: 'https://other.example' },
      'No OpenIDConnect provider found in your account for https://other.example',
      'account 123456789012 trusts ISSUER, not "https://other.example"',
    ],
    [
      'of an issuer that differs in a slash',
      { iss: 'https://other.example/' },
      'No OpenIDConnect provider found in your account for https://other.example/',
      'account 123456789012 trusts ISSUER, not "https://other.example/"',
    ],
    [
      'for another audience',
      { aud: 'sts.amazonaws.con' },
      'Incorrect token audience',
      'the provider expects audience "sts.amazonaws.com", not "sts.amazonaws.con"',
    ],
    [
      'for two audiences, one of them right',
      { aud: [AUDIENCE, 'other'] },
      'Incorrect token audience',
      'the token has 2 audiences, but only one is allowed',
    ],
    ['for nobody', { aud: undefined }, 'Missing a required claim: aud'],
    ['of nobody', { sub: undefined }, 'Missing a required claim: sub'],
    ['without an end', { exp: undefined }, 'Missing a required claim: exp'],
    ['without a beginning', { iat: undefined }, 'Missing a required claim: iat'],
    ['without an issuer', { iss: undefined }, 'Missing a required claim: iss'],
  ])('%s', async (_what, changes, message, reason) => {
    expect(await refusal(assume(await token(changes)))).toEqual(invalid(message, reason));
  });

  test('that ends now', async () => {
    const exp = Math.floor(lab.now().getTime() / 1000) - 1;
    const { code, status, message } = await refusal(assume(await token({ exp })));
    expect({ code, status }).toEqual({ code: 'ExpiredTokenException', status: 400 });
    expect(message).toMatch(
      new RegExp(`^Token expired: current date/time \\d{10} must be before the expiration date/time ${exp}$`),
    );
  });

  test.each(['nbf', 'iat'])('that is not valid yet: %s', async (claim) => {
    const later = Math.floor(lab.now().getTime() / 1000) + 400;
    expect(await refusal(assume(await token({ [claim]: later })))).toMatchObject({
      code: 'IDPRejectedClaim',
      status: 403,
      reason: expect.stringMatching(/its validity period starts in (400|399) s$/),
    });
  });

  test('with one byte of the payload changed', async () => {
    const [header, , signature] = (await token()).split('.');
    const changed = Buffer.from(JSON.stringify(payload({ sub: 'system:serviceaccount:shop:wec' })));
    const forged = `${header}.${changed.toString('base64url')}.${signature}`;
    expect(await refusal(assume(forged))).toEqual(
      invalid(
        'Token signature invalid',
        'the signature does not match the key: signature verification failed',
      ),
    );
  });

  test('signed by a key of the same name', async () => {
    const other = await forgeKey('RS256', 'key-1');
    expect(await refusal(assume(await token({}, {}, other)))).toMatchObject({
      code: 'InvalidIdentityToken',
      message: 'Token signature invalid',
    });
  });

  test('signed by a key that the issuer does not publish', async () => {
    const other = await forgeKey('RS256', 'key-9');
    expect(await refusal(assume(await token({}, {}, other)))).toEqual({
      ...invalid(NO_KEY),
      reason: `InvalidIdentityToken: token jti "${JTI}", kid "key-9": ISSUER publishes no RSA key with this ID`,
    });
  });

  test('with an algorithm that needs no key', async () => {
    const [, body] = (await token()).split('.');
    const header = Buffer.from('{"alg":"none","kid":"key-1"}').toString('base64url');
    expect(await refusal(assume(`${header}.${body}.`))).toEqual(
      invalid(NO_JWT, 'AWS does not accept the algorithm "none"'),
    );
  });

  test('with a newline at its end, as a file that was sent as it is', async () => {
    expect(await refusal(assume(`${await token()}\n`))).toMatchObject({
      code: 'InvalidIdentityToken',
      status: 400,
      message: NO_JWT,
    });
  });

  test('that is none, without repeating it', async () => {
    expect(await refusal(assume('secret-text'))).toMatchObject({
      code: 'InvalidIdentityToken',
      message: NO_JWT,
      reason: expect.not.stringContaining('secret-text'),
    });
    expect(await refusal(assume('abc'))).toMatchObject({
      code: 'ValidationError',
      message:
        "1 validation error detected: Value '***Sensitive***' at 'webIdentityToken' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 4',
    });
  });

  test('of an account of this very partition, whoever trusts it', async () => {
    lab.world.setFederation('210987654321', true);
    const own = lab.aws.issuerUrl('210987654321');
    lab.world.trustIssuer({
      accountId: OWN_ACCOUNT,
      issuer: own,
      audiences: ['x'],
      roles: [{ name: 'app', subject: '*' }],
    });
    const { WebIdentityToken = '' } = await lab
      .sts(lab.world.user('org-operator'))
      .send(new GetWebIdentityTokenCommand({ Audience: ['x'], SigningAlgorithm: 'RS256' }));
    expect(await refusal(assume(WebIdentityToken))).toMatchObject({
      code: 'InvalidIdentityToken',
      status: 400,
      message: 'Tokens of GetWebIdentityToken cannot be exchanged within the partition that issued them.',
    });
  });
});

describe('an issuer', () => {
  test.each<[string, (issuer: IssuerServer) => void, string]>([
    ['has no discovery', ({ answers }) => answers.delete(DISCOVERY), `ISSUER${DISCOVERY} responded with 404`],
    [
      'calls itself another',
      ({ answers }) => answers.set(DISCOVERY, json({ issuer: 'https://other.example', jwks_uri: 'x' })),
      'the discovery document contains a different issuer',
    ],
    [
      'has keys nowhere',
      ({ answers, issuer: name }) => answers.set(DISCOVERY, json({ issuer: name })),
      'the discovery document has no jwks_uri',
    ],
    [
      'has keys at no URL',
      ({ answers, issuer: name }) => answers.set(DISCOVERY, json({ issuer: name, jwks_uri: 'file:///etc' })),
      'the scheme of the URL is neither http nor https',
    ],
    [
      'serves a page',
      ({ answers }) => answers.set(JWKS, (_request, response) => void response.end('<html>')),
      `the response from ISSUER${JWKS} is not JSON`,
    ],
    [
      'serves no list',
      ({ answers }) => answers.set(JWKS, json({ keys: 1 })),
      'the key set has no list of keys',
    ],
    [
      'redirects',
      ({ answers }) =>
        answers.set(DISCOVERY, (_request, response) => {
          response.writeHead(302, { location: JWKS }).end();
        }),
      `ISSUER${DISCOVERY} responded with 302`,
    ],
  ])('that %s gives no key', async (_what, spoil, reason) => {
    spoil(issuer);
    expect(await refusal(assume(await token()))).toEqual(invalid(NO_KEY, reason));
  });

  test('that answers 500, or nobody at all, is not reached: a try later may work', async () => {
    issuer.answers.set(JWKS, (_request, response) => void response.writeHead(503).end());
    const unreached = {
      code: 'IDPCommunicationError',
      status: 400,
      message:
        'The request could not be fulfilled because the identity provider could not be reached to verify the token',
    };
    expect(await refusal(assume(await token()))).toEqual({
      ...unreached,
      reason: `IDPCommunicationError: ${EVIDENCE}: ISSUER${JWKS} responded with 503`,
    });
    const closed = await startIssuer([]);
    await closed[Symbol.asyncDispose]();
    lab.world.trustIssuer({
      accountId: OWN_ACCOUNT,
      issuer: closed.issuer,
      audiences: [AUDIENCE],
      roles: [{ name: 'app', subject: '*' }],
    });
    expect(await refusal(assume(await token({ iss: closed.issuer })))).toMatchObject(unreached);
  });
});

describe('a role', () => {
  const DENIED = {
    code: 'AccessDenied',
    status: 403,
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  };

  test('that trusts another subject says what every refusal says', async () => {
    expect(await refusal(assume(await token({ sub: 'system:serviceaccount:shoq:web' })))).toEqual({
      ...DENIED,
      reason: expect.stringMatching(
        /: no trust policy allows sts:AssumeRoleWithWebIdentity on arn:aws:iam::123456789012:role\/app; .*requires 127\.0\.0\.1:\d+:sub StringLike "system:serviceaccount:shop:\*", and the request has "system:serviceaccount:shoq:web"$/,
      ),
    });
  });

  test('that trusts no such issuer, or is not there', async () => {
    const etl = 'arn:aws:iam::123456789012:role/team/data/etl';
    expect(await refusal(assume(await token(), { RoleArn: etl }))).toEqual({
      ...DENIED,
      reason: `AccessDenied: ${EVIDENCE}: no trust policy allows sts:AssumeRoleWithWebIdentity on ${etl}`,
    });
    const nowhere = 'arn:aws:iam::123456789012:role/nowhere';
    expect(await refusal(assume(await token(), { RoleArn: nowhere }))).toEqual({
      ...DENIED,
      reason: `AccessDenied: ${EVIDENCE}: the role ${nowhere} does not exist`,
    });
  });

  test('in an account without the provider', async () => {
    const RoleArn = 'arn:aws:iam::210987654321:role/app';
    expect(await refusal(assume(await token(), { RoleArn }))).toMatchObject({
      code: 'InvalidIdentityToken',
      message: 'No OpenIDConnect provider found in your account for ISSUER',
    });
  });

  test('allows no session longer than its own', async () => {
    expect(await refusal(assume(await token(), { DurationSeconds: 3601 }))).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    expect((await assume(await token(), { DurationSeconds: 900 })).session.principal.name).toBe('app');
  });

  test('that an issuer may stand for is let go when the issuer is trusted anew', async () => {
    const trusting = { accountId: OWN_ACCOUNT, issuer: issuer.issuer, audiences: ['new'] };
    const app = lab.world.role('app');
    expect(namesPrincipal(app, lab.world.trustIssuer({ ...trusting, roles: [] }).arn)).toBe(false);
    expect(namesPrincipal(app, 'arn:aws:iam::123456789012:user/operator')).toBe(true);
    expect(await refusal(assume(await token()))).toMatchObject({ message: 'Incorrect token audience' });
    expect(await refusal(assume(await token({ aud: 'new' })))).toMatchObject(DENIED);
  });
});
