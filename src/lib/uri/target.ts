import type { ConnectionString } from 'mongodb-connection-string-url';
import { FedctlError } from '../errors.ts';
import { bareHost } from '../hosts.ts';
import { Secret } from '../secret.ts';
import { parseConnectionString } from './connection-string.ts';

export interface HostPort {
  /** In lower case, without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/** The SOCKS5 proxy that the connection goes through. */
export interface Proxy extends HostPort {
  readonly username: string | null;
  readonly password: Secret | null;
}

/** The name that SRV and TXT records are asked for. */
export interface SrvName {
  readonly host: string;
  /** `_mongodb._tcp.<host>` */
  readonly record: string;
  /** 0 for all. */
  readonly maxHosts: number;
}

/** Files that TLS needs, by the paths of the connection string. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly crl: string | null;
  /** Certificate and key of the client, in one PEM file. */
  readonly certificateKey: string | null;
  readonly certificateKeyPassword: Secret | null;
}

/** Where a connection string leads. */
export interface Target {
  /** Of `mongodb://`; empty for `mongodb+srv://` until its records are known. */
  readonly hosts: readonly HostPort[];
  readonly srv: SrvName | null;
  /** `unverified`: encrypted, but anybody may be at the other end. */
  readonly tls: 'verified' | 'unverified' | 'off';
  /** The option that made TLS unverified. */
  readonly unverifiedBy: string | null;
  readonly tlsFiles: TlsFiles;
  readonly replicaSet: string | null;
  readonly proxy: Proxy | null;
}

const DEFAULT_PORT = 27017;
const DEFAULT_PROXY_PORT = 1080;

/** Each of these lets the driver accept a certificate that proves nothing. */
const RELAXING_OPTIONS = ['tlsInsecure', 'tlsAllowInvalidCertificates', 'tlsAllowInvalidHostnames'] as const;

/**
 * Reads where a connection string leads. In doubt TLS counts as off or unverified.
 *
 * @throws FedctlError mongo.uri-invalid
 */
export function readTarget(uri: string): Target {
  const parsed = parseConnectionString(uri);
  const option = (name: string) => parsed.searchParams.get(name);
  const unverifiedBy =
    RELAXING_OPTIONS.find((name) => option(name) !== null && option(name) !== 'false') ?? null;
  return {
    hosts: parsed.isSRV ? [] : parsed.hosts.map(readHost),
    srv: parsed.isSRV ? readSrvName(parsed) : null,
    tls: !asksForTls(parsed) ? 'off' : unverifiedBy === null ? 'verified' : 'unverified',
    unverifiedBy,
    tlsFiles: {
      ca: option('tlsCAFile'),
      crl: option('tlsCRLFile'),
      certificateKey: option('tlsCertificateKeyFile'),
      certificateKeyPassword: secret(option('tlsCertificateKeyFilePassword')),
    },
    replicaSet: option('replicaSet'),
    proxy: readProxy(parsed),
  };
}

/** `host:port` as people write it. */
export function hostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The URI option says it, under either name; mongodb+srv implies it (facts/mongodb.md, section 9). */
function asksForTls(parsed: ConnectionString): boolean {
  const said = ['tls', 'ssl'].map((name) => parsed.searchParams.get(name)).filter((value) => value !== null);
  return said.length === 0 ? parsed.isSRV : said.every((value) => value === 'true');
}

function readHost(text: string): HostPort {
  const match = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port < 1 || port > 65535)
    throw invalid('A host of the connection string is not a name or an address with a port from 1 to 65535.');
  return { host: bareHost(host), port };
}

function readSrvName(parsed: ConnectionString): SrvName {
  const { host } = readHost(parsed.hosts[0] ?? '');
  const service = parsed.searchParams.get('srvServiceName') ?? 'mongodb';
  const maxHosts = Number(parsed.searchParams.get('srvMaxHosts') ?? 0);
  if (!/^[a-z0-9-]{1,62}$/i.test(service)) throw invalid('srvServiceName is not the name of a service.');
  if (!Number.isInteger(maxHosts) || maxHosts < 0) throw invalid('srvMaxHosts is not a number.');
  if (parsed.searchParams.has('srvAllowedHostsSuffix'))
    throw invalid('srvAllowedHostsSuffix is not supported.');
  return { host, record: `_${service}._tcp.${host}`, maxHosts };
}

function readProxy(parsed: ConnectionString): Proxy | null {
  const host = parsed.searchParams.get('proxyHost');
  if (host === null) return null;
  const port = parsed.searchParams.get('proxyPort') ?? String(DEFAULT_PROXY_PORT);
  return {
    ...readHost(`${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`),
    username: parsed.searchParams.get('proxyUsername'),
    password: secret(parsed.searchParams.get('proxyPassword')),
  };
}

function secret(value: string | null): Secret | null {
  return value === null ? null : new Secret(value);
}

function invalid(message: string): FedctlError {
  return new FedctlError('mongo.uri-invalid', { message });
}
