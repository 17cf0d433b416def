import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { atlasAccess } from '../../../src/lib/atlas/access.ts';
import { checkedAddress } from '../../../src/lib/atlas/address.ts';
import { createAtlas } from '../../../src/lib/atlas/atlas.ts';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { AtlasCredentials } from '../../../src/lib/ports/atlas.ts';
import { failureOf } from '../../support/failure-of.ts';
import { memoryContext } from '../../support/memory-context.ts';

const ACCOUNT = { MONGODB_ATLAS_CLIENT_ID: 'mdb_sa_id_1', MONGODB_ATLAS_CLIENT_SECRET: 'mdb_sa_sk_1' };
const KEY = { MONGODB_ATLAS_PUBLIC_API_KEY: 'abcdefgh', MONGODB_ATLAS_PRIVATE_API_KEY: 'private' };
const account = { kind: 'service-account', clientId: 'mdb_sa_id_1', secret: new Secret('mdb_sa_sk_1') };
const key = { kind: 'api-key', publicKey: 'abcdefgh', privateKey: new Secret('private') };
const url = 'https://cloud.mongodb.com';

function refusal(work: () => unknown) {
  const { code, exitCode: exit, message, remedy, command } = failureOf(work);
  return { code, exit, message, remedy, command };
}

describe('what the environment says', () => {
  test.each([
    ['nothing', {}, null],
    ['empty texts', { MONGODB_ATLAS_CLIENT_ID: '', MONGODB_ATLAS_PRIVATE_API_KEY: '' }, null],
    ['an address alone', { MONGODB_ATLAS_OPS_MANAGER_URL: 'https://a.test/' }, null],
    ['a service account', ACCOUNT, { url, credentials: account }],
    ['an API key', KEY, { url, credentials: key }],
    ['both', { ...KEY, ...ACCOUNT }, { url, credentials: account }],
    [
      'an address too',
      { ...KEY, MONGODB_ATLAS_OPS_MANAGER_URL: 'https://a.test/' },
      { url: 'https://a.test/', credentials: key },
    ],
  ])('%s', (_name, env, expected) => {
    const access = atlasAccess(env, { url: null });
    expect(access).toEqual(expected);
    // Secrets are equal to each other whatever they hold, as far as toEqual sees.
    const secret =
      access?.credentials.kind === 'api-key' ? access.credentials.privateKey : access?.credentials.secret;
    expect(secret?.reveal()).toBe(
      expected === null ? undefined : expected.credentials === key ? 'private' : 'mdb_sa_sk_1',
    );
  });

  test('an address that is given wins', () => {
    const env = { ...ACCOUNT, MONGODB_ATLAS_OPS_MANAGER_URL: 'https://a.test/' };
    expect(atlasAccess(env, { url: 'https://b.test' })?.url).toBe('https://b.test');
  });

  test.each([
    ['MONGODB_ATLAS_CLIENT_ID', 'MONGODB_ATLAS_CLIENT_SECRET', KEY],
    ['MONGODB_ATLAS_CLIENT_SECRET', 'MONGODB_ATLAS_CLIENT_ID', {}],
    ['MONGODB_ATLAS_PUBLIC_API_KEY', 'MONGODB_ATLAS_PRIVATE_API_KEY', {}],
    ['MONGODB_ATLAS_PRIVATE_API_KEY', 'MONGODB_ATLAS_PUBLIC_API_KEY', ACCOUNT],
  ])('%s without %s is a failure, whatever else is set', (set, missing, rest) => {
    expect(refusal(() => atlasAccess({ ...rest, [set]: 'x' }, { url: null }))).toEqual({
      code: 'atlas.credentials-half-set',
      exit: 3,
      message: `${set} is set, but ${missing} is not.`,
      remedy: `Set ${missing} as well, or unset ${set}.`,
      command: null,
    });
  });
});

describe('the address', () => {
  test.each([
    ['https://cloud.mongodb.com', 'https://cloud.mongodb.com'],
    ['https://cloud.mongodbgov.com/', 'https://cloud.mongodbgov.com'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://localhost', 'http://localhost'],
  ])('%s is one', (given, expected) => {
    expect(checkedAddress(given)).toBe(expected);
  });

  test.each([
    ['cloud.mongodb.com', 'is not a valid URL'],
    ['ftp://cloud.mongodb.com', 'starts with ftp: instead of https:'],
    ['https://user:password@cloud.mongodb.com', 'has a user name or a password'],
    ['https://cloud.mongodb.com/api', 'https://cloud.mongodb.com has text after the host'],
    ['https://cloud.mongodb.com/?a=b', 'https://cloud.mongodb.com has text after the host'],
  ])('%s is none', (given, what) => {
    expect(refusal(() => checkedAddress(given))).toEqual({
      code: 'atlas.url-invalid',
      exit: 2,
      message: `The URL of the Atlas API ${what}.`,
      remedy: 'Use the URL of Atlas, for example https://cloud.mongodb.com.',
      command: rerun({ set: { '--atlas-url': 'https://cloud.mongodb.com' } }),
    });
  });

  test.each(['http://cloud.mongodb.com', 'http://127.0.0.1.nip.io', 'http://169.254.169.254'])(
    '%s gets no credentials',
    async (given) => {
      const settings = { url: given, timeoutMs: 1000, credentials: key as AtlasCredentials };
      const work = createAtlas(settings, memoryContext());
      await expect(work).rejects.toMatchObject({
        code: 'atlas.plaintext-refused',
        exitCode: 2,
        message: `The URL of the Atlas API is ${given}. fedctl does not send credentials to another machine without TLS.`,
      });
    },
  );
});

describe('a credential that cannot be one', () => {
  test.each<[part: string, credentials: AtlasCredentials]>([
    ['client id', { kind: 'service-account', clientId: 'a b', secret: new Secret('x') }],
    ['client id', { kind: 'service-account', clientId: 'a:b', secret: new Secret('x') }],
    ['client secret', { kind: 'service-account', clientId: 'a', secret: new Secret('sesame\n') }],
    ['public key', { kind: 'api-key', publicKey: 'a"', privateKey: new Secret('x') }],
    ['private key', { kind: 'api-key', publicKey: 'a', privateKey: new Secret('sesame\u00e9') }],
    ['private key', { kind: 'api-key', publicKey: 'a', privateKey: new Secret('') }],
  ])('is refused before anything is sent: %s', async (part, credentials) => {
    const work = createAtlas({ url, timeoutMs: 1000, credentials }, memoryContext());
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'atlas.credentials-malformed',
      exitCode: 2,
      message: `The ${part} for the Atlas API contains white space or an invalid character.`,
    });
    expect(inspect(error)).not.toContain('sesame');
  });
});
