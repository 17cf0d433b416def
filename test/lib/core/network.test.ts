import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inNetwork, isNetwork } from '../../../src/lib/core/network.ts';

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['10.1.2.3', '0.0.0.0/0', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.4', false],
  ['2001:db8:1::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['10.1.2.3', '::/0', false],
  ['nonsense', '0.0.0.0/0', false],
  ['::ffff:10.1.2.3', '10.0.0.0/8', true],
  ['::ffff:11.1.2.3', '10.0.0.0/8', false],
  ['fe80::1%eth0', 'fe80::/10', false],
])('%s in %s is %s', (address, network, expected) => {
  expect(inNetwork(address, network)).toBe(expected);
});

test.each([
  '',
  '10.1.2',
  '10.1.2.256',
  '10.1.2.3/33',
  '10.1.2.3/',
  '1::2::3',
  '1:2:3:4::5:6:7:8',
  '1:2:3:4:5:6:7',
  '::g',
  '::/129',
  'fe80::1%eth0',
  '10.0.0.0/8/8',
])('%j is no network', (text) => {
  expect(isNetwork(text)).toBe(false);
});

test('knows the addresses that Node.js knows', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((text) => !text.includes('.')),
      ),
      (text) => {
        expect([isIP(text) > 0, isNetwork(text)]).toEqual([true, true]);
      },
    ),
  );
});
