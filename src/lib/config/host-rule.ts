import { isIP } from 'node:net';
import type { CheckTarget } from '../core/check-target.ts';
import { rerun } from '../core/command-line.ts';
import type { HostPort } from '../core/connection-string.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { bareHost, isLoopbackHost, readNameServer } from '../core/hosts.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { readHost } from '../uri/host-port.ts';

/**
 * The Atlas domains. Drivers send tokens only to these domains by default (ALLOWED_HOSTS, facts/mongodb.md
 * 1.5).
 */
const ATLAS = ['*.mongodb.net', '*.mongodbgov.net', '*.mongo.com'] as const;

export interface HostRule {
  /** The name of the configuration file, for messages. */
  readonly file: string;
  /** The values of `--allow-host`: a host, or `*.domain` or `.domain` for all subdomains of the domain. */
  readonly allowed: readonly string[];
}

/** A host or a TLS setting that a target in the file uses. */
interface Dealing {
  readonly target: string;
  /** The host in the format of `bareHost`; null for a TLS setting, which `--allow-host` cannot allow. */
  readonly host: string | null;
  /** What the target would do with the host. The text completes a sentence that starts with `target "x"`. */
  readonly what: string;
  /** Whether an Atlas host is allowed without `--allow-host`. */
  readonly atlasWillDo: boolean;
}

/**
 * Protects against a `fedctl.yaml` that an attacker commits to a repository. If an operator clones the
 * repository and runs fedctl there, the attacker must not receive the token of the operator. The rules apply
 * to a file that was found in the working directory and not specified with --config:
 *
 * - Every host that receives a token or a credential must be a loopback host or belong to Atlas.
 * - Every host that decides which servers to trust (a DNS server, a proxy, an issuer without TLS) must be a
 * loopback host.
 * - `--allow-host` allows further hosts by name.
 * - The file must not change which certificates TLS trusts.
 *
 * Hosts are compared by name, because responses from a resolver are not trusted.
 *
 * @throws FedctlError config.host-refused, with every rejected host in `details.hosts`; usage.invalid-value
 * for an invalid `--allow-host`
 */
export function refuseStrangeHosts(targets: readonly CheckTarget[], { file, allowed }: HostRule): void {
  const patterns = allowed.map(readPattern);
  const strange = targets
    .flatMap(dealingsOf)
    .filter(
      ({ host, atlasWillDo }) =>
        host === null || !isTrusted(host, atlasWillDo ? [...patterns, ...ATLAS] : patterns),
    );
  const [first] = strange;
  if (first === undefined) return;
  const hosts = [...new Set(strange.flatMap(({ host }) => host ?? []))];
  const lines = strange.map((one) => `${file}, target "${one.target}": ${sentence(one)}`);
  throw new FedctlError('config.host-refused', {
    message: `${file} was found in the working directory and is not trusted: target "${first.target}" ${sentence(first)}.`,
    ...(strange.some(({ host }) => host === null)
      ? { remedy: `If you trust the file, specify it with --config ${file}.` }
      : allowing(hosts, { file, allowed })),
    details: { file, hosts, target: first.target, ...(lines.length > 1 ? { evidence: lines } : {}) },
  });
}

/**
 * Applies the host rules of `refuseStrangeHosts` to the replica set members that a server reports, because a
 * member would receive a token.
 *
 * @returns a function that returns why fedctl must not connect to a member, or null if the member is allowed
 * @throws FedctlError usage.invalid-value for an invalid `--allow-host`
 */
export function memberRule({ file, allowed }: HostRule): (member: HostPort) => FedctlError | null {
  const patterns = [...allowed.map(readPattern), ...ATLAS];
  return ({ host }) => {
    if (isTrusted(host, patterns)) return null;
    return new FedctlError('config.host-refused', {
      message: `The server reports ${host} as a member of its replica set, but fedctl does not send a token to this host. ${file} was found in the working directory and is not trusted, so fedctl sends tokens only to loopback addresses and Atlas.`,
      ...allowing([host], { file, allowed }),
      details: { file, hosts: [host] },
    });
  };
}

/**
 * Returns a remedy and a command that allow these hosts. The command keeps the hosts that are already
 * allowed.
 */
function allowing(
  hosts: readonly string[],
  { file, allowed }: HostRule,
): Pick<FailureFacts, 'remedy' | 'command'> {
  const [theHosts, them] = hosts.length === 1 ? ['the host', 'it'] : ['the hosts', 'them'];
  return {
    remedy: `If you trust ${them}, allow ${theHosts} with --allow-host. To trust the whole file, add --config ${file}.`,
    command: rerun({ set: { '--allow-host': [...allowed, ...hosts] } }),
  };
}

function sentence({ what, host }: Dealing): string {
  return what.replace('<host>', host ?? '');
}

function dealingsOf(target: CheckTarget): readonly Dealing[] {
  return [...ofTheUri(target), ...ofUrls(target), ...ofDns(target)];
}

function* ofTheUri({ name, uri }: CheckTarget): Iterable<Dealing> {
  if (uri === null) return;
  const { hosts, srv, proxy, trustOptions, tlsFiles } = uri;
  for (const { host } of [...hosts, ...(srv === null ? [] : [srv])]) {
    yield { target: name, host, what: 'would log in to <host>', atlasWillDo: true };
  }
  if (trustOptions.length > 0) {
    const what = `sets which certificates TLS trusts (${trustOptions.join(', ')})`;
    yield { target: name, host: null, what, atlasWillDo: false };
  }
  if (tlsFiles.certificateKey !== null) {
    const what = 'would send a client certificate (tlsCertificateKeyFile)';
    yield { target: name, host: null, what, atlasWillDo: false };
  }
  if (proxy !== null) {
    const what = 'would log in through the proxy <host>';
    yield { target: name, host: proxy.host, what, atlasWillDo: false };
  }
}

function* ofUrls({ name, api, issuer }: CheckTarget): Iterable<Dealing> {
  if (api !== null) {
    const what = 'would send a token to the API at <host>';
    yield { target: name, host: hostOf(api), what, atlasWillDo: true };
  }
  if (issuer !== null && !/^https:/i.test(issuer)) {
    const what = 'would trust the issuer <host> without TLS';
    yield { target: name, host: hostOf(issuer), what, atlasWillDo: false };
  }
}

function* ofDns({ name, dnsServer }: CheckTarget): Iterable<Dealing> {
  if (dnsServer === null) return;
  const [, host = dnsServer] = /^(.*):\d+$/.exec(readNameServer(dnsServer) ?? '') ?? [];
  const what = 'would use the DNS server <host> to resolve the host names of the cluster';
  yield { target: name, host: bareHost(host), what, atlasWillDo: false };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? bareHost(new URL(url).hostname) : url;
}

function isTrusted(host: string, patterns: readonly string[]): boolean {
  const name = withoutFinalDot(host);
  return isLoopbackHost(host) || patterns.some((pattern) => fits(name, pattern));
}

/**
 * Returns whether a host matches a pattern. `*.example.com` and `.example.com` match all subdomains of
 * example.com at any depth, but not example.com itself.
 */
function fits(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return isIP(host) === 0 && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** Removes the final dot of an absolute name: `example.com.` and `example.com` are the same name. */
function withoutFinalDot(host: string): string {
  return host.replace(/\.$/, '');
}

function readPattern(given: string): string {
  const host = withoutFinalDot(bareHost(given.trim())).replace(/^\./, '*.');
  if (isIP(host) === 6) return readHost(`[${host}]`).host;
  if (isIP(host) !== 0 || /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/.test(host)) return host;
  throw invalidValue('--allow-host', {
    value: given,
    expected: 'a host without a port, or *.<domain>',
  });
}
