import { isIP } from 'node:net';
import { FedctlError } from '../core/errors.ts';
import { bareHost, isLoopbackHost, isMetadataHost } from '../core/hosts.ts';
import { inNetwork } from '../core/network.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the HTTP proxy for a URL, or null for a direct connection. All outgoing connections of fedctl use
 * this rule, including those of the SDK and of fetch.
 *
 * The lower-case name of a variable takes precedence over the upper-case name, even if the lower-case
 * variable is empty. Connections to this machine and to the metadata addresses never use a proxy.
 *
 * @throws FedctlError net.proxy-invalid
 */
export function proxyFor(url: URL, env: Env): URL | null {
  const host = bareHost(url.hostname);
  if (isLoopbackHost(host) || isMetadataHost(host)) return null;
  const setting = proxySetting(url.protocol, env);
  if (setting === null || isExcluded(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return null;
  return proxyUrl(setting.name, setting.value);
}

interface ProxySetting {
  readonly name: string;
  readonly value: string;
}

function proxySetting(protocol: string, env: Env): ProxySetting | null {
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : httpProxyNames(env);
  const name = names.find((each) => env[each] !== undefined);
  const value = name === undefined ? '' : (env[name] ?? '').trim();
  return name === undefined || value === '' ? null : { name, value };
}

/**
 * Ignores HTTP_PROXY in a CGI program. There, the variable contains the request header `Proxy`, so the sender
 * of the request could choose the proxy.
 */
function httpProxyNames(env: Env): readonly string[] {
  return env['REQUEST_METHOD'] === undefined ? ['http_proxy', 'HTTP_PROXY'] : ['http_proxy'];
}

const NOT_ENCODED =
  'a special character of its user or password is not percent-encoded (write \\ as %5C, % as %25, / as %2F, ? as %3F, # as %23)';

/** Parses the URL of a proxy. No message contains the value, because it may contain a password. */
function proxyUrl(name: string, value: string): URL {
  // As in curl, a value without a scheme is an HTTP proxy. `new URL` would parse the host in `proxy:3128` as
  // a scheme.
  const text = value.includes('://') ? value : `http://${value}`;
  // `new URL` ends the host at these characters, so part of the user name would become the host of the proxy.
  if (/\\|:\/\/.*[/?#].*@/s.test(text)) throw proxyInvalid(name, NOT_ENCODED);
  if (!URL.canParse(text)) throw proxyInvalid(name, 'it is not a valid URL');
  const url = new URL(text);
  if (decoded(url.username) === null || decoded(url.password) === null) throw proxyInvalid(name, NOT_ENCODED);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw proxyInvalid(name, `fedctl supports http: and https: proxies, not ${url.protocol}`);
  }
  return url;
}

/**
 * Decodes percent-encoded text; null if the encoding is invalid. Callers must use the result: the bundler
 * removes an unused call of decodeURIComponent as dead code.
 */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function proxyInvalid(name: string, why: string): FedctlError {
  return new FedctlError('net.proxy-invalid', {
    message: `Invalid proxy in ${name}: ${why}.`,
    remedy: `Set ${name} to http://<host>:<port>, or unset it.`,
    details: { variable: name },
  });
}

/** Returns whether an entry of NO_PROXY, a list separated by commas or spaces, covers the URL. */
function isExcluded(url: URL, list: string): boolean {
  const host = bareHost(url.hostname).replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry.toLowerCase(), host, port));
}

/**
 * Returns whether an entry of NO_PROXY covers a host and port. An entry is `*`, an address, a network such as
 * `10.0.0.0/8`, or a name including its subdomains. Each entry may have a port.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const { name, port: entryPort } = splitPort(entry);
  if (entryPort !== null && entryPort !== port) return false;
  if (isIP(host) !== 0) return inNetwork(host, name);
  const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** Splits `host:port` and `[::1]:port`. A bare `::1` is an address without a port. */
function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { name: bracketed[1] ?? '', port: bracketed[2] ?? null };
  const named = /^([^:]*):(\d+)$/.exec(entry);
  return named === null ? { name: entry, port: null } : { name: named[1] ?? '', port: named[2] ?? null };
}
