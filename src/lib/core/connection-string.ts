import type { Warning } from './errors.ts';
import type { Secret } from './secret.ts';

export interface HostPort {
  /** In lower case, without the brackets of IPv6: an address in its shortest form, a name in ASCII. */
  readonly host: string;
  readonly port: number;
}

/** The SOCKS5 proxy that the connection goes through. */
export interface UriProxy extends HostPort {
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

/**
 * A connection string that was read: where it leads, how, and nothing about who logs in. It never leads to another
 * machine without verified TLS: reading it (room `uri`) checks that.
 */
export interface ConnectionString {
  /** As people may see it: without user name, authentication and secrets, safe between single quotes. */
  readonly shown: string;
  /** Of `mongodb://`; empty for `mongodb+srv://` until its records are known. */
  readonly hosts: readonly HostPort[];
  readonly srv: SrvName | null;
  /** `unverified`: encrypted, but anybody may be at the other end. */
  readonly tls: 'verified' | 'unverified' | 'off';
  /** The option that made TLS unverified. */
  readonly unverifiedBy: string | null;
  readonly tlsFiles: TlsFiles;
  /** The options in it that say whom TLS trusts. */
  readonly trustOptions: readonly string[];
  readonly replicaSet: string | null;
  readonly proxy: UriProxy | null;
  /** What the driver is to be told beyond that, by the names of the URI options. No secrets. */
  readonly driverOptions: readonly (readonly [name: string, value: string])[];
  /** The mechanism that it named, in capitals; null when it named none. */
  readonly namedMechanism: string | null;
  /** What was dropped because it contradicts a login that brings its own token or keys. */
  readonly warnings: readonly Warning[];
}
