import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningAlgorithm } from '../../../src/lib/core/token.ts';
import { mintToken, webIdentityClaims } from '../../../src/sandbox/aws/claims.ts';
import { callerOf } from '../../../src/sandbox/aws/identities.ts';
import { signToken } from '../../../src/sandbox/issuer/signing-keys.ts';
import { type LabUnderTest, ORG_ACCOUNT, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
afterAll(() => lab.aws.close());

const AUDIENCE = 'https://a.example';

function facts(signingAlgorithm: SigningAlgorithm = 'RS256', user = 'operator') {
  const caller = callerOf(lab.world.user(user));
  const request = { audience: [AUDIENCE], signingAlgorithm, durationSeconds: 300, tags: [] };
  return { caller, request, region: 'eu-west-1', now: new Date() };
}

/** As a relying party does it: everything from the issuer's URL. */
async function verify(token: string, issuer = lab.aws.issuerUrl(OWN_ACCOUNT)) {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  const discovery = (await answer.json()) as { issuer: string; jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
  return await jwtVerify(token, keys, { issuer: discovery.issuer, audience: AUDIENCE });
}

describe('the issuer', () => {
  it('publishes what AWS publishes, whether the feature is on or off', async () => {
    const issuer = lab.aws.issuerUrl(OWN_ACCOUNT);
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect([discovery.status, discovery.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await discovery.json()).toEqual({
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', 'https://sts.amazonaws.com/'],
      id_token_signing_alg_values_supported: ['RS256', 'ES384'],
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
    });
    const base64url = expect.stringMatching(/^[\w-]+$/);
    const read = async () =>
      (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as { keys: [{ n: string }] };
    const whileOff = await read();
    expect(whileOff).toEqual({
      keys: [
        { kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'RSA_0', e: 'AQAB', n: base64url },
        { kty: 'EC', use: 'sig', alg: 'ES384', kid: 'EC384_0', crv: 'P-384', x: base64url, y: base64url },
      ],
    });
    expect(Buffer.from(whileOff.keys[0].n, 'base64url')).toHaveLength(256);
    lab.world.setFederation(OWN_ACCOUNT, true);
    expect(await read()).toEqual(whileOff);
    lab.world.setFederation(OWN_ACCOUNT, false);
  });

  it('answers HEAD, and nothing but its two documents', async () => {
    const issuer = lab.aws.issuerUrl(OWN_ACCOUNT);
    const head = await fetch(`${issuer}/.well-known/jwks.json`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${issuer}/.well-known/jwks.json`, { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await fetch(`${issuer}/private`)).status).toBe(404);
    expect((await fetch(`${issuer}/toString`)).status).toBe(404);
    expect(lab.lastEntry()).toMatchObject({
      hop: 'issuer',
      action: 'GET (another path)',
      decision: 'refused',
      reason: 'only the discovery document and the key set can be read',
    });
  });

  it.each(['RS256', 'ES384'] as const)('stands behind tokens signed by %s', async (algorithm) => {
    const token = await mintToken(facts(algorithm));
    const { payload, protectedHeader } = await verify(token);
    expect(payload.sub).toBe('arn:aws:iam::123456789012:user/operator');
    expect(protectedHeader.alg).toBe(algorithm);
  });

  it.each(['RS256', 'ES384'] as const)('does not stand behind one changed byte, by %s', async (algorithm) => {
    const [header = '', payload = '', signature = ''] = (await mintToken(facts(algorithm))).split('.');
    const turned = (text: string) => {
      const bytes = Buffer.from(text, 'base64url');
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      return bytes.toString('base64url');
    };
    await expect(verify([header, payload, turned(signature)].join('.'))).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
    await expect(verify([header, turned(payload), signature].join('.'))).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
    const claims = {
      ...decodeJwt(`${header}.${payload}.${signature}`),
      sub: 'arn:aws:iam::123456789012:root',
    };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    await expect(verify([header, forged, signature].join('.'))).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
  });

  it('has keys of its own under the kids that every account has', async () => {
    const foreign = lab.world.account(ORG_ACCOUNT).keys.RS256;
    expect(foreign.kid).toBe(lab.world.account(OWN_ACCOUNT).keys.RS256.kid);
    const forged = await signToken(foreign, webIdentityClaims(facts()));
    await expect(verify(forged)).rejects.toThrow(errors.JWSSignatureVerificationFailed);
    const orgToken = await mintToken(facts('RS256', 'org-operator'));
    await expect(verify(orgToken, lab.aws.issuerUrl(ORG_ACCOUNT))).resolves.toBeDefined();
  });
});

describe('signToken', () => {
  it('forges what a test asks for: other claims, another header', async () => {
    const key = lab.world.account(OWN_ACCOUNT).keys.RS256;
    const claims = { ...webIdentityClaims(facts()), exp: 1 };
    await expect(verify(await signToken(key, claims))).rejects.toThrow(errors.JWTExpired);
    const odd = await signToken(key, webIdentityClaims(facts()), { kid: 'RSA_9' });
    await expect(verify(odd)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });
});
