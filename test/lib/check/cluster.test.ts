import { describe, expect, test } from 'vitest';
import { clusterFault, clusterNotFound, clusterOfUri } from '../../../src/lib/check/cluster.ts';
import { atlas } from '../../../src/lib/core/command-line.ts';
import type { AtlasCluster } from '../../../src/lib/ports/atlas.ts';
import type { Mechanism } from '../../../src/lib/ports/mongo.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';

function cluster(changes: Partial<AtlasCluster> = {}): AtlasCluster {
  return {
    name: 'prod',
    instanceSize: 'M10',
    stateName: 'IDLE',
    paused: false,
    mongoDBVersion: '8.0.13',
    connectionStrings: [
      'mongodb+srv://prod.abcde.mongodb.net',
      'mongodb://prod-00.abcde.mongodb.net:27017,prod-01.abcde.mongodb.net:27017/?ssl=true',
    ],
    ...changes,
  };
}

describe('the cluster that a connection string leads to', () => {
  const other = cluster({ name: 'other', connectionStrings: ['mongodb+srv://other.abcde.mongodb.net'] });
  const broken = cluster({ name: 'broken', connectionStrings: ['nonsense', ''] });
  const all = [broken, other, cluster()];
  const found = (uri: string | null, name: string | null = null) =>
    clusterOfUri(all, name, uri === null ? null : parseConnectionString(uri))?.name ?? null;

  test('is found by its SRV name or any of its hosts', () => {
    expect(found('mongodb+srv://PROD.abcde.mongodb.net/app?retryWrites=true')).toBe('prod');
    expect(found('mongodb://prod-01.abcde.mongodb.net/?tls=true')).toBe('prod');
    expect(found('mongodb+srv://other.abcde.mongodb.net')).toBe('other');
  });

  test('is none where the name or the port is another', () => {
    expect(found('mongodb+srv://prod.abcde.mongodb.net.evil.example')).toBeNull();
    expect(found('mongodb://prod-01.abcde.mongodb.net:27018/?tls=true')).toBeNull();
    expect(found(null)).toBeNull();
  });

  test('is the one that somebody named, whatever the connection string says', () => {
    expect(found('mongodb+srv://other.abcde.mongodb.net', 'prod')).toBe('prod');
    expect(found(null, 'prod')).toBe('prod');
    expect(found('mongodb+srv://prod.abcde.mongodb.net', 'typo')).toBeNull();
  });
});

describe('a cluster that is not found', () => {
  const both = [cluster(), cluster({ name: 'other' })];

  test.each([
    [
      'by its hosts',
      both,
      null,
      'No cluster of the project matches the hosts in the connection string. The clusters of the project are: prod, other.',
    ],
    [
      'by its name',
      both,
      'orders',
      'The project has no cluster with the name "orders". The clusters of the project are: prod, other.',
    ],
    [
      'in a project without clusters',
      [],
      null,
      'No cluster of the project matches the hosts in the connection string. The project has no clusters.',
    ],
  ])('%s: the message lists the clusters of the project', (_how, clusters, name, message) => {
    expect(clusterNotFound(clusters, name)).toMatchObject({ code: 'atlas.cluster-unnamed', message });
  });
});

describe('why nobody can log in to a cluster as it is', () => {
  const told = (changes: Partial<AtlasCluster>, mechanisms: readonly Mechanism[] = ['MONGODB-OIDC']) => {
    const failure = clusterFault(cluster(changes), mechanisms, 'p1');
    return failure === null ? null : `${failure.code}: ${failure.message}`;
  };

  test.each([
    [{}, null],
    [{ stateName: 'UPDATING' }, null],
    [{ mongoDBVersion: '7.0.11' }, null],
    [{ mongoDBVersion: 'unknown' }, null],
    [{ paused: true }, 'atlas.cluster-paused: The cluster prod is paused.'],
    [
      { stateName: 'CREATING' },
      'atlas.cluster-paused: The cluster prod does not exist yet: its state is CREATING.',
    ],
    [
      { stateName: 'DELETING' },
      'atlas.cluster-paused: The cluster prod no longer exists: its state is DELETING.',
    ],
    [
      { mongoDBVersion: '4.2.24' },
      'mongo.server-too-old: The cluster prod runs MongoDB 4.2.24; the driver requires 4.4 or later.',
    ],
    [
      { mongoDBVersion: '7.0.10' },
      'mongo.mechanism-unavailable: The cluster prod runs MongoDB 7.0.10: MONGODB-OIDC for workloads requires M10 or larger and MongoDB 7.0.11 or later.',
    ],
    ...['M0', 'M2', 'M5', 'FLEX', 'SERVERLESS'].map(
      (instanceSize) =>
        [
          { instanceSize },
          `mongo.mechanism-unavailable: The cluster prod has the tier ${instanceSize}: MONGODB-OIDC for workloads requires M10 or larger and MongoDB 7.0.11 or later.`,
        ] as const,
    ),
  ] as const)('%j', (changes, expected) => {
    expect(told(changes)).toBe(expected);
  });

  test('by AWS keys asks for no tier', () => {
    expect(told({ instanceSize: 'M0', mongoDBVersion: '6.0.1' }, ['MONGODB-AWS'])).toBeNull();
    expect(told({ paused: true }, ['MONGODB-AWS'])).toMatch(/^atlas\.cluster-paused/);
    expect(told({ instanceSize: 'M0' }, ['MONGODB-AWS', 'MONGODB-OIDC'])).toMatch(/^mongo\.mechanism/);
  });

  test('is told with the project to type', () => {
    const { command } = clusterFault(cluster({ paused: true }), [], 'p1') ?? {};
    expect(command).toEqual(atlas(['clusters', 'start', 'prod', '--projectId', 'p1']));
  });
});
