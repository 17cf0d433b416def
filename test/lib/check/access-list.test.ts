import { expect, test } from 'vitest';
import { admittedBy } from '../../../src/lib/check/access-list.ts';
import type { AtlasAccessListEntry } from '../../../src/lib/ports/atlas.ts';

const entry = (cidrBlock: string | null): AtlasAccessListEntry => ({
  cidrBlock,
  awsSecurityGroup: cidrBlock === null ? 'sg-1' : null,
  comment: '',
  deleteAfterDate: null,
});

test.each([
  ['203.0.113.9', ['203.0.113.9/32'], '203.0.113.9/32'],
  ['203.0.113.9', ['198.51.100.0/24', '203.0.113.8/31'], '203.0.113.8/31'],
  ['203.0.113.9', ['0.0.0.0/0'], '0.0.0.0/0'],
  ['203.0.113.9', ['203.0.113.90/32', '203.0.113.10/31'], null],
  ['203.0.113.9', ['::/0'], null],
  ['2001:db8::1', ['2001:db8::/32'], '2001:db8::/32'],
  ['203.0.113.9', [null], null],
  ['203.0.113.9', [], null],
  ['nonsense', ['203.0.113.9/32'], null],
  ['203.0.113.9', ['nonsense'], null],
])('%s in %j: %s', (address, blocks, expected) => {
  expect(admittedBy(address, blocks.map(entry))?.cidrBlock ?? null).toBe(expected);
});
