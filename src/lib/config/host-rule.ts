import { isIP } from 'node:net';
import type { CheckTarget } from '../core/check-target.ts';
import { rerun } from '../core/command-line.ts';
import type { HostPort } from '../core/connection-string.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { bareHost, isLoopbackHost, readNameServer } from '../core/hosts.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { readHost } from '../uri/host-port.ts';

/**
 * The domains of Atlas, from the hosts to which drivers send tokens by default (ALLOWED_HOSTS,
 * facts/mongodb.md 1.5).
 */
const ATLAS = ['*.mongodb.net', '*.mongodbgov.net', '*.mongo.com'] as const;

export interface HostRule {
  /** The file that was found, for messages. */
  readonly file: string;
  /** The hosts of `--allow-host`, or `*.domain` or `.domain` for all hosts below it. */
  readonly allowed: readonly string[];
}

/** One host that a target of the file refers to. */
interface Dealing {
  readonly target: string;
  /** In the form of `bareHost`; null for a setting that no host name can justify. */
  readonly host: string | null;
  /** What the host receives or decides, as the continuation of `target "x"`. */
  readonly what: string;
  /** Whether it is allowed if the host belongs to Atlas. */
  readonly atlasWillDo: boolean;
}

/**
 * Applies the rule for a file that was found in the working directory and not named: a `fedctl.yaml` that an
 * attacker commits to a repository must not receive the token of an operator who clones it. Every host that
 * would receive a token or a credential must be this machine or belong to Atlas. No setting may decide which
 * servers to trust (a DNS server, a proxy, an issuer without TLS) for any other host. `--allow-host` makes
 * exceptions by name. Such a file must not change which certificates TLS trusts.
 *
 * Hosts are compared as names, because the answer of a resolver cannot be trusted.
 *
 * @throws FedctlError config.host-refused (`details.hosts`, every one of them); usage.invalid-value for an
 * `--allow-host` that is not a host
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
    message: `${file} was found in the working directory, which does not allow this: target "${first.target}" ${sentence(first)}.`,
    ...(strange.some(({ host }) => host === null)
      ? { remedy: `If you trust the file, name it with --config ${file}.` }
      : allowing(hosts, { file, allowed })),
    details: { file, hosts, target: first.target, ...(lines.length > 1 ? { evidence: lines } : {}) },
  });
}

/**
 * Applies the same rule to the members that a server names, because each of them would receive a token.
 *
 * @returns a function that returns why a member must not be connected to; null when it is allowed
 * @throws FedctlError usage.invalid-value for an `--allow-host` that is not a host
 */
export function memberRule({ file, allowed }: HostRule): (member: HostPort) => FedctlError | null {
  const patterns = [...allowed.map(readPattern), ...ATLAS];
  return ({ host }) => {
    if (isTrusted(host, patterns)) return null;
    return new FedctlError('config.host-refused', {
      message: `The server names ${host} as a member of its replica set. ${file} was found in the working directory and can send tokens only to loopback addresses and Atlas.`,
      ...allowing([host], { file, allowed }),
      details: { file, hosts: [host] },
    });
  };
}

/** Returns the options that allow these hosts in addition to those already allowed. */
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
    const what = 'would show a client certificate (tlsCertificateKeyFile)';
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
  const what = 'would query the DNS server <host> for its hosts';
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
 * `*.example.com` and `.example.com` match all hosts below example.com, at any depth, but not example.com
 * itself.
 */
function fits(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return isIP(host) === 0 && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** `example.com.` is the same name as `example.com`, written as an absolute name. */
function withoutFinalDot(host: string): string {
  return host.replace(/\.$/, '');
}

function readPattern(given: string): string {
  const host = withoutFinalDot(bareHost(given.trim())).replace(/^\./, '*.');
  if (isIP(host) === 6) return readHost(`[${host}]`).host;
  if (isIP(host) !== 0 || /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/.test(host)) return host;
  throw invalidValue('--allow-host', {
    value: given,
    expected: 'a host without its port, or *.<domain>',
  });
}
