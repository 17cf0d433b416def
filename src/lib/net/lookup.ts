import { lookup as lookupName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { localhostAddresses } from '../core/hosts.ts';

/**
 * Resolves host names for node:net. Tokens are sent to `localhost` in plain text. Therefore, `localhost`
 * always resolves to a loopback address, even if a hosts file maps `localhost` to another machine. Node.js
 * resolves all other names.
 */
export const lookup: LookupFunction = (host, options, done) => {
  const local = localhostAddresses(host);
  if (local === null) lookupName(host, options, done);
  else if (options.all === true) done(null, [...local]);
  else done(null, local[0].address, local[0].family);
};
