import { describe, expect, test } from 'vitest';
import { adviceOnPrivateName } from '../../../src/lib/uri/private-name.ts';

describe('the names of Atlas that resolve in one network only', () => {
  test.each([
    'cluster0-pl-0.abcde.mongodb.net',
    'my-cluster-pl-12.abcde.mongodb.net',
    'cluster0-pri.abcde.mongodb.net',
    'pl-0-eu-central-1.abcde.mongodb.net',
    'pl-0.abcde.mongodbgov.net',
    'CLUSTER0-PRI.abcde.mongodb.net.',
  ])('%s', (host) => {
    expect(adviceOnPrivateName(host)).toEqual({
      likelyCause:
        'The name is that of a private endpoint (-pl-0) or of peering (-pri): it resolves in that network only.',
      remedy:
        'Run this in the network of the private endpoint, or use the public connection string that Atlas shows for the cluster.',
    });
  });

  test.each([
    'cluster0.abcde.mongodb.net',
    'cluster0-pl-0.example.com',
    'apl-0.abcde.mongodb.net',
    'price.x.net',
  ])('and others: %s', (host) => {
    expect(adviceOnPrivateName(host)).toBeNull();
  });
});
