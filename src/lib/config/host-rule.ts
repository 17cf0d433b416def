import { isIP } from 'node:net';
import type { CheckTarget } from '../core/check-target.ts';
import { rerun } from '../core/command-line.ts';
import type { HostPort } from '../core/connection-string.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { bareHost, isLoopbackHost, readNameServer } from '../core/hosts.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { readHost } from '../uri/host-port.ts';

/** Atlas's own domains, of those that drivers send tokens to unasked (ALLOWED_HOSTS, facts/mongodb.md 1.5). */
const ATLAS = ['*.mongodb.net', '*.mongodbgov.net', '*.mongo.com'] as const;

export interface HostRule {
  /** The file that was found, for messages. */
  readonly file: string;
  /** What `--allow-host` names: hosts, or `*.domain` or `.domain` for those below it. */
  readonly allowed: readonly string[];
}

/** One host that a target of the file would have something to do with. */
interface Dealing {
  readonly target: string;
  /** As `bareHost` has it; null for what no host can vouch for. */
  readonly host: string | null;
  /** What the host gets or decides, as a sentence goes on after `target "x"`. */
  readonly what: string;
  /** Whether its being Atlas's is enough. */
  readonly atlasWillDo: boolean;
}

/**
 * The rule for a file that was found in the working directory instead of being named: whoever commits a `fedctl.yaml` to
 * a repository that an operator clones must not get the operator's token. Every host that would be sent a token or a
 * credential has to be this machine or Atlas's, and no setting may decide whom to trust (a DNS server, a proxy, an
 * issuer without TLS) for anybody else; `--allow-host` makes exceptions by name. Whom TLS trusts no such file may say.
 *
 * Hosts are compared as names: what a resolver would make of them is no ground for trust.
 *
 * @throws FedctlError config.host-refused (`details.hosts`, every one of them); usage.invalid-value for an
 *   `--allow-host` that names no host
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
 * The same for the members that a server names: each of them would be sent a token.
 *
 * @returns says why a member may not be dialled; null where it may
 * @throws FedctlError usage.invalid-value for an `--allow-host` that names no host
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

/** How to allow these hosts beside those that are allowed already. */
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
  const { hosts, srv, proxy, trustOptions } = uri;
  for (const { host } of [...hosts, ...(srv === null ? [] : [srv])]) {
    yield { target: name, host, what: 'would log in to <host>', atlasWillDo: true };
  }
  if (trustOptions.length > 0) {
    const what = `sets which certificates TLS trusts (${trustOptions.join(', ')})`;
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

/** `*.example.com` and `.example.com` stand for what is below example.com, at any depth, and not for example.com itself. */
function fits(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return isIP(host) === 0 && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** `example.com.` is the same name as `example.com`, said to be complete. */
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
