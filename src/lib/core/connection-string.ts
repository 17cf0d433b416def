import type { Warning } from './errors.ts';
import type { Secret } from './secret.ts';

export interface HostPort {
  /**
   * A host name in ASCII, or an IP address in its shortest form. Always in lower case. An IPv6 address has no
   * brackets.
   */
  readonly host: string;
  readonly port: number;
}

/** The SOCKS5 proxy for connections to the hosts. */
export interface UriProxy extends HostPort {
  readonly username: string | null;
  readonly password: Secret | null;
}

/** A DNS name. Its SRV records list the hosts of the cluster, and its TXT record contains options. */
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
  /** The PEM file that contains the client certificate and its private key. */
  readonly certificateKey: string | null;
  readonly certificateKeyPassword: Secret | null;
}

/**
 * A parsed connection string without credentials. The parser (`uri`) accepts disabled or unverified TLS only
 * for hosts on this machine.
 */
export interface ConnectionString {
  /**
   * The connection string without the user name, the authentication options and secrets. Contains no single
   * quotes.
   */
  readonly shown: string;
  /** The hosts in a `mongodb://` string. Empty for `mongodb+srv://` until the SRV records are resolved. */
  readonly hosts: readonly HostPort[];
  readonly srv: SrvName | null;
  /** `unverified`: encrypted, but the identity of the server is not checked. */
  readonly tls: 'verified' | 'unverified' | 'off';
  /** The option that disables the verification of the certificate; null if TLS is verified. */
  readonly unverifiedBy: string | null;
  readonly tlsFiles: TlsFiles;
  /** The options that define the trusted certificates. */
  readonly trustOptions: readonly string[];
  readonly replicaSet: string | null;
  readonly proxy: UriProxy | null;
  /** Further URI options for the driver, as names and values without secrets. */
  readonly driverOptions: readonly (readonly [name: string, value: string])[];
  /** The value of `authMechanism` in uppercase; null if the connection string has no `authMechanism`. */
  readonly namedMechanism: string | null;
  /**
   * Warnings about options that are ignored because they contradict a login with a token or AWS credentials.
   */
  readonly warnings: readonly Warning[];
}
