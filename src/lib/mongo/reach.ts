import { isIP, type Socket } from 'node:net';
import { program } from '../core/command-line.ts';
import type { ConnectionString, HostPort, SrvName } from '../core/connection-string.ts';
import type { Context } from '../core/context.ts';
import { deadline, timedOut, within } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { type FedctlError, isFedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';
import { rfc3339 } from '../core/time.ts';
import { type DialBounds, type Dialled, dialName, dialTcp } from '../net/dial.ts';
import { dialThroughProxy } from '../net/dial-proxy.ts';
import { dialTls, type TlsFacts, type TlsSettings } from '../net/dial-tls.ts';
import { hostPort } from '../uri/host-port.ts';
import { refusePlaintextAddress } from '../uri/plaintext.ts';
import { adviceOnPrivateName } from '../uri/private-name.ts';
import { srvFailed, withSrvRecords } from '../uri/srv.ts';
import { dialFailure, dialFaultText, type Unreached } from './dial-failures.ts';
import type { StageLog } from './stages.ts';

/** A host and its addresses. */
interface Located {
  readonly host: HostPort;
  /** The addresses of the host. If the connection uses a proxy, the addresses of the proxy. */
  readonly addresses: readonly string[];
}

interface Connected {
  readonly host: HostPort;
  readonly socket: Socket;
}

/** The hosts for which a stage passed, and the hosts for which it failed. */
interface Sorted<T> {
  readonly passed: readonly T[];
  readonly failed: readonly Unreached[];
}

/**
 * Runs the stages that do not require the driver: resolve, tcp, tls. Each stage tries all hosts and fails
 * only if it fails for all hosts.
 *
 * @returns the connection string; the name in a mongodb+srv connection string is replaced with the hosts from
 * the SRV records
 * @throws FedctlError mongo.* of the stage that failed
 */
export async function reach(
  named: ConnectionString,
  settings: TlsSettings,
  context: Pick<Context, 'resolver' | 'now'> & { readonly dnsServer: string | null },
  stages: StageLog,
  bounds: DialBounds,
): Promise<ConnectionString> {
  const known = (error: unknown) => (isFedctlError(error) ? error : null);
  const { uri, located } = await stages.during(
    'resolve',
    () => resolve(named, context, bounds),
    (error) => askedOf(context.dnsServer, known(error)),
  );
  const connected = await stages.during('tcp', () => connectAll(located, uri, bounds), known);
  try {
    if (uri.tls === 'off') stages.skip('tls', 'loopback, without TLS');
    else await stages.during('tls', () => encryptAll(connected, settings, uri, context.now(), bounds), known);
  } finally {
    for (const { socket } of connected) socket.destroy();
  }
  return uri;
}

/**
 * Adds the DNS server to the command in the failure, because a manual lookup must use the same DNS server as
 * fedctl.
 */
function askedOf(dnsServer: string | null, failure: FedctlError | null): FedctlError | null {
  const offered = failure?.command ?? null;
  if (failure === null || dnsServer === null || offered?.kind !== 'program') return failure;
  const [, host = dnsServer, port = '53'] = /^\[?([^[\]]+?)\]?:(\d+)$/.exec(dnsServer) ?? [];
  const [name = '', ...words] = offered.words;
  return failure.with({ command: program(name, `-port=${port}`, ...words, host) });
}

async function resolve(named: ConnectionString, { resolver }: Pick<Context, 'resolver'>, bounds: DialBounds) {
  const uri = named.srv === null ? named : await resolveSrv(named, named.srv, resolver, bounds);
  const { passed, failed } = sort(
    await Promise.all(
      uri.hosts.map(async (host) => ({ host, outcome: await locate(host, uri, resolver, bounds) })),
    ),
    (host, addresses): Located => ({ host, addresses }),
  );
  if (passed.length === 0) throw dialFailure('resolve', failed);
  for (const { host, addresses } of passed) refusePlaintextAddress(uri, uri.proxy ?? host, addresses);
  const records = named.srv === null ? [] : [`SRV: ${uri.hosts.map(hostPort).join(', ')}`];
  const set = uri.replicaSet === null ? [] : [`replica set ${uri.replicaSet}`];
  const where =
    uri.proxy === null
      ? passed.map(locatedText)
      : [`the proxy ${hostPort(uri.proxy)} resolves the host names`];
  return {
    detail: [...records, ...where, ...set, ...failed.map(failedText('resolve'))].join('; '),
    facts: {
      stage: 'resolve' as const,
      hosts: [
        ...passed.map(({ host, addresses }) => ({ ...host, addresses })),
        ...failed.map(({ host }) => ({ ...host, addresses: [] })),
      ],
    },
    value: { uri, located: passed },
  };
}

async function locate(
  host: HostPort,
  { proxy }: ConnectionString,
  resolver: Context['resolver'],
  bounds: DialBounds,
): Promise<Dialled<readonly string[]>> {
  const asked = (proxy ?? host).host;
  return isIP(asked) === 0 ? dialName(resolver, asked, bounds) : { ok: true, value: [asked] };
}

/** Looks up the SRV and TXT records at the same time. The TXT record is optional. */
async function resolveSrv(
  uri: ConnectionString,
  name: SrvName,
  resolver: Context['resolver'],
  { signal, timeoutMs }: DialBounds,
): Promise<ConnectionString> {
  const bounded = deadline(signal, timeoutMs);
  const asked = <T>(what: string, records: Promise<T>) =>
    within(bounded, records).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw recordFailed(name, what, timedOut(bounded) ? 'ETIMEOUT' : systemCode(error), error);
    });
  const [srv, txt] = await Promise.all([
    asked(`The SRV record ${name.record}`, resolver.srv(name.record)),
    asked(
      `The TXT record of ${name.host}`,
      resolver.txt(name.host).catch((error: unknown) => {
        if (NO_RECORD.has(systemCode(error))) return [];
        throw error;
      }),
    ),
  ]);
  return withSrvRecords(uri, { srv, txt });
}

/** Error codes for a missing record. All other error codes mean that the resolver failed. */
const NO_RECORD: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);

function recordFailed(name: SrvName, what: string, code: string, cause: unknown): FedctlError {
  if (NO_RECORD.has(code)) {
    const failure = srvFailed(name, `${what} does not exist.`, cause);
    const advice = adviceOnPrivateName(name.host);
    return advice === null ? failure : failure.with({ ...advice, command: failure.command });
  }
  const isLate = code === 'ETIMEOUT';
  const why = isLate ? 'timed out' : `failed${code === '' ? '' : ` (${code})`}`;
  return srvFailed(
    name,
    `${what} cannot be resolved: the DNS resolver ${why}.`,
    cause,
    isLate
      ? 'The DNS resolver is down, or a network device drops the packets.'
      : 'The DNS resolver is unreachable, refuses the query, or has an internal error.',
  );
}

async function connectAll(located: readonly Located[], uri: ConnectionString, bounds: DialBounds) {
  const { passed, failed } = sort(
    await Promise.all(
      located.map(async ({ host, addresses }) => ({
        host,
        outcome:
          uri.proxy === null
            ? await dialTcp(host, addresses, bounds)
            : await dialThroughProxy(host, uri.proxy, addresses, bounds),
      })),
    ),
    (host, socket): Connected => ({ host, socket }),
  );
  if (passed.length === 0) throw dialFailure('tcp', failed);
  // Socket errors between two stages are ignored, because the next stage reports them.
  for (const { socket } of passed) socket.on('error', () => {});
  const through = uri.proxy === null ? '' : ` through ${hostPort(uri.proxy)}`;
  const detail = `${passed.map(({ host }) => hostPort(host)).join(', ')}${through}`;
  const names = (each: readonly { readonly host: HostPort }[]) => each.map(({ host }) => hostPort(host));
  return {
    detail: [detail, ...failed.map(failedText('tcp'))].join('; '),
    facts: { stage: 'tcp' as const, reached: names(passed), unreached: names(failed) },
    value: passed,
  };
}

async function encryptAll(
  connected: readonly Connected[],
  settings: TlsSettings,
  uri: ConnectionString,
  now: Date,
  bounds: DialBounds,
) {
  const { passed, failed } = sort(
    await Promise.all(
      connected.map(async ({ host, socket }) => ({
        host,
        outcome: await dialTls(socket, host, settings, bounds),
      })),
    ),
    (host, { socket, facts }) => ({ host, socket, facts }),
  );
  for (const { socket } of passed) socket.destroy();
  const [first] = passed;
  if (first === undefined) throw dialFailure('tls', failed);
  const unverified = uri.unverifiedBy === null ? [] : [`not verified, because of ${uri.unverifiedBy}`];
  return {
    detail: [tlsText(first.facts, now), ...unverified, ...failed.map(failedText('tls'))].join('; '),
    facts: {
      stage: 'tls' as const,
      ...endsFirst(
        passed.map(({ facts }) => facts),
        first.facts,
      ),
    },
    value: undefined,
  };
}

function sort<T, Passed>(
  dialled: readonly { readonly host: HostPort; readonly outcome: Dialled<T> }[],
  take: (host: HostPort, value: T) => Passed,
): Sorted<Passed> {
  const passed: Passed[] = [];
  const failed: Unreached[] = [];
  for (const { host, outcome } of dialled) {
    if (outcome.ok) passed.push(take(host, outcome.value));
    else failed.push({ host, fault: outcome.fault, cause: outcome.cause });
  }
  return { passed, failed };
}

function locatedText({ host, addresses }: Located): string {
  return isIP(host.host) === 0 ? `${host.host} is ${addresses.join(', ')}` : `${host.host} is an IP address`;
}

function failedText(stage: 'resolve' | 'tcp' | 'tls') {
  return (unreached: Unreached) => `${hostPort(unreached.host)} ${dialFaultText(stage, unreached)}`;
}

function endsFirst(all: readonly TlsFacts[], first: TlsFacts): TlsFacts {
  return all.reduce((soonest, each) => (each.expiresAt < soonest.expiresAt ? each : soonest), first);
}

function tlsText({ protocol, subject, issuer, expiresAt }: TlsFacts, now: Date): string {
  const left = (expiresAt.getTime() - now.getTime()) / 1000;
  const expiry =
    left > 0
      ? `expires ${rfc3339(expiresAt)} (in ${formatDuration(left)})`
      : `expired ${rfc3339(expiresAt)} (${formatDuration(left)} ago)`;
  return `${protocol}, certificate of ${subject}, issued by ${issuer}, ${expiry}`;
}
