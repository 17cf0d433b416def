import { Resolver as DnsResolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Resolver } from '../core/context.ts';
import { bareHost, localhostAddresses } from '../core/hosts.ts';

/** The timeout for each attempt, in milliseconds. The caller limits the total time. */
const PATIENCE = 2000;
const TRIES = 2;

/**
 * Returns a resolver that sends every query to one DNS server, regardless of the configuration of this
 * machine. The resolver sends no query for `localhost` (RFC 6761). Errors have the codes of Node.js:
 * `ENOTFOUND`, `ENODATA`, `ETIMEOUT`, `ECONNREFUSED`, `ESERVFAIL`.
 *
 * @param server an IP address with its port, as `readNameServer` returns it
 */
export function nameServer(server: string): Resolver {
  const dns = new DnsResolver({ timeout: PATIENCE, tries: TRIES });
  dns.setServers([server]);
  return {
    async addresses(host) {
      const bare = bareHost(host);
      if (isIP(bare) !== 0) return [{ address: bare, family: isIP(bare) === 6 ? 6 : 4 }];
      const local = localhostAddresses(bare);
      if (local !== null) return local;
      const [v4, v6] = await Promise.allSettled([dns.resolve4(bare), dns.resolve6(bare)]);
      const found = [
        ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 }) as const),
        ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 }) as const),
      ];
      if (found.length === 0 && v4.status === 'rejected') throw v4.reason;
      return found;
    },
    srv: (name) => dns.resolveSrv(name),
    async txt(name) {
      return (await dns.resolveTxt(name)).map((parts) => parts.join(''));
    },
  };
}
