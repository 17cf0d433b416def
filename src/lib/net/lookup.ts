import { lookup as lookupName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { localhostAddresses } from '../core/hosts.ts';

/**
 * Resolves names for node:net as Node.js does, except for `localhost`. `localhost` always resolves to a
 * loopback address, because tokens are sent to it in plain text and a hosts file may map it to another
 * machine.
 */
export const lookup: LookupFunction = (host, options, done) => {
  const local = localhostAddresses(host);
  if (local === null) lookupName(host, options, done);
  else if (options.all === true) done(null, [...local]);
  else done(null, local[0].address, local[0].family);
};
