import { isIP } from 'node:net';
import { FedctlError } from '../core/errors.ts';
import { bareHost, isLoopbackHost, isMetadataHost } from '../core/hosts.ts';
import { inNetwork } from '../core/network.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the HTTP proxy for a URL; null if the connection must be direct. All outgoing HTTP connections of
 * fedctl and of the AWS SDK use this function.
 *
 * A lower-case environment variable takes precedence over the upper-case variable, even if the lower-case
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
 * Returns the names of the environment variables that can contain the proxy for http. In a CGI program, the
 * variable HTTP_PROXY contains the request header `Proxy`. It is omitted, because otherwise the client that
 * sent the request could choose the proxy.
 */
function httpProxyNames(env: Env): readonly string[] {
  return env['REQUEST_METHOD'] === undefined ? ['http_proxy', 'HTTP_PROXY'] : ['http_proxy'];
}

const NOT_ENCODED =
  'a special character in its user name or password is not percent-encoded (write \\ as %5C, % as %25, / as %2F, ? as %3F, # as %23)';

/** Parses the URL of a proxy. Messages do not contain the URL, because it may contain a password. */
function proxyUrl(name: string, value: string): URL {
  // As in curl, a value without a scheme is an HTTP proxy. `new URL` would parse the host in `proxy:3128` as
  // a scheme.
  const text = value.includes('://') ? value : `http://${value}`;
  // `new URL` ends the host at the first `/`, `\`, `?` or `#`. If the user name or the password contained
  // such a character, part of the user name would become the host of the proxy.
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
 * Decodes percent-encoded text. Returns null if the encoding is invalid. Callers must use the result, because
 * the bundler removes a call to decodeURIComponent whose result is not used.
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

/** Returns whether an entry in NO_PROXY matches the URL. Commas or spaces separate the entries. */
function isExcluded(url: URL, list: string): boolean {
  const host = bareHost(url.hostname).replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry.toLowerCase(), host, port));
}

/**
 * Returns whether an entry in NO_PROXY matches a host and port. An entry is `*`, an address, a network such
 * as `10.0.0.0/8`, or a host name. A host name also matches its subdomains. Each entry may have a port.
 */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const { name, port: entryPort } = splitPort(entry);
  if (entryPort !== null && entryPort !== port) return false;
  if (isIP(host) !== 0) return inNetwork(host, name);
  const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/**
 * Splits an entry such as `host:port` or `[::1]:port` into the name and the port. `::1` without brackets is
 * an address without a port.
 */
function splitPort(entry: string): { readonly name: string; readonly port: string | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { name: bracketed[1] ?? '', port: bracketed[2] ?? null };
  const named = /^([^:]*):(\d+)$/.exec(entry);
  return named === null ? { name: entry, port: null } : { name: named[1] ?? '', port: named[2] ?? null };
}
