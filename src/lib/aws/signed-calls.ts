import type { Credentials } from '../core/credentials.ts';
import { call } from './call.ts';
import type { CallSite } from './call-site.ts';
import type { Connection, FindCredentials } from './connection.ts';

/**
 * Returns an object that stores the credentials for the current call. The client signs the call with these
 * credentials.
 */
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

/** Returns a description of a call to one service. Failure messages contain this description. */
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
 * Returns a function that makes signed calls to one service. `send` receives a signal that fires when the
 * call reaches its time limit. The time limit does not include the time to find the credentials.
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
