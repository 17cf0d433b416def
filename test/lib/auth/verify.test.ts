import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type VerifyRequest, verifyToken } from '../../../src/lib/auth/verify.ts';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import type { FailureCode } from '../../../src/lib/failures/failures.ts';
import type { Aws, Iam } from '../../../src/lib/ports/aws.ts';
import { fetch } from '../../support/fetch.ts';
import { AUDIENCE, awsPayload, type ForgedKey, forgeKey, ISSUER, NOW, sign } from '../../support/forge.ts';
import { type IssuerServer, startIssuer } from '../../support/issuer-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const SETTINGS = { timeoutMs: 5000 };
const REQUEST: VerifyRequest = { issuer: null, audience: AUDIENCE, subject: null, keySet: null };

type Info = Awaited<ReturnType<Iam['outboundFederationInfo']>>;

/** An account of which only the federation info is ever asked. */
function account(info: () => Info): () => Promise<Aws> {
  const notAsked = () => Promise.reject(new Error('not to be asked'));
  const iam: Iam = {
    endpoint: 'https://iam.amazonaws.com',
    enableOutboundFederation: notAsked,
    disableOutboundFederation: notAsked,
    outboundFederationInfo: async () => info(),
  };
  return async () => ({
    region: notAsked,
    endpointOverrides: notAsked,
    credentials: notAsked,
    notes: notAsked,
    sts: notAsked,
    iam: async () => iam,
  });
}

function failing(code: FailureCode): () => Info {
  return () => {
    throw new FedctlError(code, { message: `What ${code} says.`, requestId: 'r-1' });
  };
}

let key: ForgedKey;
let server: IssuerServer;

beforeEach(async () => {
  key = await forgeKey('ES384', 'EC384_0');
  server = await startIssuer([key.jwk]);
});

afterEach(() => server[Symbol.asyncDispose]());

describe('the issuer trusted', () => {
  it('trusts the issuer in an option, without a request to AWS', async () => {
    const context = memoryContext({ fetch, now: () => NOW });
    const token = await sign(key, awsPayload({ iss: server.issuer }));
    const request = { ...REQUEST, issuer: server.issuer };
    expect(await verifyToken(token, request, context, SETTINGS)).toMatchObject({
      valid: true,
      issuer: server.issuer,
      faults: [],
    });
  });

  it.each([true, false])("is that of the caller's own account, enabled or not (%s)", async (enabled) => {
    const context = memoryContext({ aws: account(() => ({ enabled, issuer: ISSUER })) });
    const token = await sign(key, awsPayload({ iss: 'https://foreign.example' }));
    const verification = await verifyToken(token, REQUEST, context, SETTINGS);
    expect(verification).toMatchObject({ valid: false, issuer: ISSUER, signatureChecked: false });
    expect(verification.faults).toEqual([
      { code: 'jwt.issuer-mismatch', claim: 'iss', expected: ISSUER, seen: 'https://foreign.example' },
    ]);
  });

  it('is never plain http because IAM says so', async () => {
    const context = memoryContext({ aws: account(() => ({ enabled: true, issuer: server.issuer })) });
    const token = await sign(key, awsPayload({ iss: server.issuer }));
    await expect(verifyToken(token, REQUEST, context, SETTINGS)).rejects.toMatchObject({
      code: 'issuer.plaintext-refused',
      exitCode: 2,
      message: `The issuer of your account, ${server.issuer}, does not use TLS.`,
      remedy: 'If you trust the issuer, specify it with --issuer.',
      command: rerun({ set: { '--issuer': server.issuer } }),
    });
    expect(server.requests).toEqual([]);
  });

  it('is nobody when the account is disabled and has no issuer', async () => {
    const context = memoryContext({ aws: account(() => ({ enabled: false, issuer: null })) });
    await expect(verifyToken(await sign(key), REQUEST, context, SETTINGS)).rejects.toMatchObject({
      code: 'issuer.unknown',
      exitCode: 2,
      message:
        'No trusted issuer: --issuer is not set, and your account has no issuer because federation is disabled.',
      remedy:
        'Specify the issuer of the token with --issuer <https://…>, or enable federation for your account.',
      command: null,
    });
  });

  it.each(['aws.credentials-missing', 'iam.permission-missing'] as const)(
    'is nobody when the account cannot be asked for want of %s',
    async (code) => {
      const context = memoryContext({ aws: account(failing(code)) });
      await expect(verifyToken(await sign(key), REQUEST, context, SETTINGS)).rejects.toMatchObject({
        code: 'issuer.unknown',
        exitCode: 2,
        message: `No trusted issuer: --issuer is not set, and the issuer of your account cannot be read. What ${code} says.`,
        details: { because: code },
        requestId: 'r-1',
        cause: { code },
      });
    },
  );

  it('stays a failure of AWS when AWS is unreachable', async () => {
    const context = memoryContext({ aws: account(failing('aws.unreachable')) });
    await expect(verifyToken(await sign(key), REQUEST, context, SETTINGS)).rejects.toMatchObject({
      code: 'aws.unreachable',
      exitCode: 6,
    });
  });

  it('may not be nonsense, even if the token is', async () => {
    const request = { ...REQUEST, issuer: 'http://issuer.example' };
    await expect(verifyToken('', request, memoryContext(), SETTINGS)).rejects.toMatchObject({
      code: 'issuer.plaintext-refused',
    });
  });
});

describe('without any request', () => {
  it('a text that is no JWT is answered, though no issuer is known', async () => {
    expect(await verifyToken('x', REQUEST, memoryContext(), SETTINGS)).toMatchObject({
      valid: false,
      issuer: null,
      subject: null,
      faults: [
        {
          code: 'jwt.not-a-jwt',
          claim: null,
          expected: 'a signed JWT of three parts',
          seen: 'it is an opaque token, without a dot',
        },
      ],
    });
  });

  it('rejects a token from another issuer and sends no request', async () => {
    const token = await sign(key, awsPayload({ iss: server.issuer }));
    // A Context whose fetch throws when it is touched.
    const verification = await verifyToken(token, { ...REQUEST, issuer: ISSUER }, memoryContext(), SETTINGS);
    expect(verification.faults.map(({ code }) => code)).toEqual(['jwt.issuer-mismatch']);
    expect(server.requests).toEqual([]);
  });
});
