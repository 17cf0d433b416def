import { expect, test } from 'vitest';
import { rememberedAtlas } from '../../../src/lib/check/remembered-atlas.ts';
import type { Atlas } from '../../../src/lib/ports/atlas.ts';

const never = new AbortController().signal;

/** An Atlas that knows nothing and counts what it is asked. */
const NOTHING = { entries: [], unreadable: [] };

function counting() {
  const asked: string[] = [];
  const ask =
    <Answer>(what: string, answer: Answer) =>
    async (...args: readonly unknown[]): Promise<Answer> => {
      asked.push([what, ...args.filter((arg) => typeof arg === 'string')].join(' '));
      return answer;
    };
  const atlas: Atlas = {
    url: 'https://atlas.test',
    project: ask('project', { id: 'p', name: 'n', organizationId: 'o' }),
    federationSettingsId: ask('federation', 'f'),
    identityProviders: ask('providers', NOTHING),
    connectedIdentityProviderIds: ask('connected', []),
    databaseUsers: ask('users', NOTHING),
    accessList: ask('list', NOTHING),
    accessListStatus: ask('status', 'ACTIVE' as const),
    clusters: ask('clusters', NOTHING),
    accessHistory: ask('history', []),
    ownAddress: ask('address', '203.0.113.9'),
  };
  return { asked, atlas: rememberedAtlas(atlas) };
}

test('each list is asked for once, by what it is of', async () => {
  const { asked, atlas } = counting();
  await Promise.all([atlas.databaseUsers('p', never), atlas.databaseUsers('p', never)]);
  await atlas.databaseUsers('q', never);
  await atlas.databaseUsers('p', new AbortController().signal);
  await atlas.clusters('p', never);
  await atlas.connectedIdentityProviderIds('f', 'o', never);
  await atlas.connectedIdentityProviderIds('f', 'o2', never);
  await atlas.connectedIdentityProviderIds('f', 'o', never);
  expect(await atlas.ownAddress(never)).toBe('203.0.113.9');
  await atlas.ownAddress(never);
  expect(asked).toEqual(['users p', 'users q', 'clusters p', 'connected f o', 'connected f o2', 'address']);
});

test('logins and what is being rolled out are asked for each time', async () => {
  const { asked, atlas } = counting();
  const entry = { cidrBlock: '::/0', awsSecurityGroup: null, comment: '', deleteAfterDate: null };
  for (let time = 0; time < 2; time += 1) {
    await atlas.accessHistory('p', 'c', new Date(0), never);
    await atlas.accessListStatus('p', entry, never);
  }
  expect(asked).toEqual(['history p c', 'status p', 'history p c', 'status p']);
});
