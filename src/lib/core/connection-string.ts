import type { Warning } from './errors.ts';
import type { Secret } from './secret.ts';

export interface HostPort {
  /** In lower case, without the brackets of IPv6. Addresses are in their shortest form, names in ASCII. */
  readonly host: string;
  readonly port: number;
}

/** The SOCKS5 proxy that the connection goes through. */
export interface UriProxy extends HostPort {
  readonly username: string | null;
  readonly password: Secret | null;
}

/** The name to look up SRV and TXT records for. */
export interface SrvName {
  readonly host: string;
  /** `_mongodb._tcp.<host>` */
  readonly record: string;
  /** 0 means all hosts. */
  readonly maxHosts: number;
}

/** The files that TLS needs, as paths of the connection string. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly crl: string | null;
  /** Client certificate and key, in one PEM file. */
  readonly certificateKey: string | null;
  readonly certificateKeyPassword: Secret | null;
}

/**
 * A parsed connection string: hosts and transport, without the login. It never leads to another machine
 * without verified TLS, because the parser (`uri`) rejects such strings.
 */
export interface ConnectionString {
  /** Safe to show: no user name, no authentication and no secrets. Safe between single quotes. */
  readonly shown: string;
  /** The hosts of `mongodb://`. Empty for `mongodb+srv://` until its records are resolved. */
  readonly hosts: readonly HostPort[];
  readonly srv: SrvName | null;
  /** `unverified`: encrypted, but the identity of the server is not checked. */
  readonly tls: 'verified' | 'unverified' | 'off';
  /** The option that made TLS unverified. */
  readonly unverifiedBy: string | null;
  readonly tlsFiles: TlsFiles;
  /** The options of the connection string that set which certificates TLS trusts. */
  readonly trustOptions: readonly string[];
  readonly replicaSet: string | null;
  readonly proxy: UriProxy | null;
  /** Further options to pass to the driver, by the names of the URI options. No secrets. */
  readonly driverOptions: readonly (readonly [name: string, value: string])[];
  /** The authMechanism of the connection string, in capitals; null when it names none. */
  readonly namedMechanism: string | null;
  /** Warnings about options that were dropped because they contradict a login with its own token or keys. */
  readonly warnings: readonly Warning[];
}
