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
        'The host name belongs to a private endpoint (-pl-0) or to network peering (-pri). The name resolves only in the private network that is connected to the cluster.',
      remedy:
        'Run the command in the private network, or use the public connection string that Atlas shows for the cluster.',
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
