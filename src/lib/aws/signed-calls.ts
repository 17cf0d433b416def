import type { Credentials } from '../core/credentials.ts';
import { call } from './call.ts';
import type { CallSite } from './call-site.ts';
import type { Connection, FindCredentials } from './connection.ts';

/** Keeps the keys that were found for the call under way, for the client to sign with. */
export function signerOf(find: FindCredentials) {
  let found: Credentials | null = null;
  return {
    async refresh(signal: AbortSignal) {
      const credentials = await find(signal);
      found = credentials;
      return credentials;
    },
    async current(): Promise<Credentials> {
      if (found === null) throw new Error('no call is in progress');
      return found;
    },
  };
}

/** Where a call of one service goes to, for its failures to name. */
export function siteOf(
  service: CallSite['service'],
  connection: Connection,
  endpoint: string,
  asked: Pick<CallSite, 'action' | 'credentials' | 'roleArn'>,
): CallSite {
  const { region, regionSource, timeoutMs, now } = connection;
  const endpointSource = connection.endpoint(service === 'STS' ? 'sts' : 'iam')?.source ?? null;
  return { service, region, regionSource, endpoint, endpointSource, timeoutMs, now, ...asked };
}

/**
 * Makes signed calls of one service. `send` gets the deadline's signal, which does not include the time that finding
 * the keys takes.
 */
export function asker(
  service: CallSite['service'],
  connection: Connection,
  endpoint: string,
  signer: ReturnType<typeof signerOf>,
) {
  return async <Output>(
    action: string,
    signal: AbortSignal,
    send: (abortSignal: AbortSignal) => Promise<Output>,
    roleArn: string | null = null,
  ): Promise<{ readonly output: Output; readonly site: CallSite }> => {
    const credentials = await signer.refresh(signal);
    const site = siteOf(service, connection, endpoint, { action, credentials, roleArn });
    return { output: await call(site, signal, send), site };
  };
}
