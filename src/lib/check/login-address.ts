import type { ConnectionString } from '../core/connection-string.ts';
import type { LoginPlan } from '../ports/mongo.ts';
import type { World } from './world.ts';

/** Returns the connection settings that all logins of a target share. */
export function loginAddress(
  { target, options }: World,
  uri: ConnectionString,
): Pick<LoginPlan, 'uri' | 'timeoutMs' | 'dnsServer' | 'refuseMember'> {
  return {
    uri,
    timeoutMs: options.timeoutMs,
    ...(target.dnsServer === null ? {} : { dnsServer: target.dnsServer }),
    ...(target.refuseMember === null ? {} : { refuseMember: target.refuseMember }),
  };
}
