import type { Warning } from './errors.ts';
import type { Secret } from './secret.ts';

export interface HostPort {
  /** In lower case, without the brackets of IPv6. Addresses are in their shortest form, names in ASCII. */
  readonly host: string;
  readonly port: number;
}

/** The SOCKS5 proxy for connections to the hosts. */
export interface UriProxy extends HostPort {
  readonly username: string | null;
  readonly password: Secret | null;
}

/** The name for the lookup of SRV and TXT records. */
export interface SrvName {
  readonly host: string;
  /** `_mongodb._tcp.<host>` */
  readonly record: string;
  /** The maximum number of hosts; 0 means all hosts. */
  readonly maxHosts: number;
}

/** The paths of the TLS files in the connection string. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly crl: string | null;
  /** Client certificate and key, in one PEM file. */
  readonly certificateKey: string | null;
  readonly certificateKeyPassword: Secret | null;
}

/**
 * A parsed connection string: hosts and transport, without the login. TLS is verified unless the hosts are on
 * this machine, because the parser (`uri`) rejects other strings.
 */
export interface ConnectionString {
  /** The connection string without user name, authentication and secrets. Contains no single quotes. */
  readonly shown: string;
  /** The hosts of `mongodb://`. Empty for `mongodb+srv://` until the records are resolved. */
  readonly hosts: readonly HostPort[];
  readonly srv: SrvName | null;
  /** `unverified`: encrypted, but the identity of the server is not checked. */
  readonly tls: 'verified' | 'unverified' | 'off';
  /** The option that turned off the verification; null if TLS is verified. */
  readonly unverifiedBy: string | null;
  readonly tlsFiles: TlsFiles;
  /** The options that set which certificates TLS trusts. */
  readonly trustOptions: readonly string[];
  readonly replicaSet: string | null;
  readonly proxy: UriProxy | null;
  /** Further options for the driver, by the names of the URI options. Contains no secrets. */
  readonly driverOptions: readonly (readonly [name: string, value: string])[];
  /** The authMechanism of the connection string, in capitals; null if the connection string has none. */
  readonly namedMechanism: string | null;
  /** Warnings about dropped options: they contradict a login with a token or AWS credentials of fedctl. */
  readonly warnings: readonly Warning[];
}
