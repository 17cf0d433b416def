import type { LoginPlan } from '../ports/mongo.ts';
import type { ConnectionString } from './connection-string.ts';
import type { Warning } from './errors.ts';
import type { SigningAlgorithm } from './token.ts';

/**
 * A chain to check, from the command-line options or from an entry of a configuration file. Contains no
 * secrets.
 */
export interface CheckTarget {
  /** The name of the entry; `default` if the target comes from command-line options. */
  readonly name: string;
  /** The connection string; null to omit the database checks. */
  readonly uri: ConnectionString | null;
  /**
   * Returns the reason why fedctl must not connect to a cluster member. If this property is null, all members are
   * allowed, for example
   * if the user gave the connection string.
   */
  readonly refuseMember: NonNullable<LoginPlan['refuseMember']> | null;
  /**
   * The mechanisms to check. Null means the mechanism in the connection string, or OIDC if the connection
   * string specifies no mechanism.
   */
  readonly mechanism: 'oidc' | 'aws' | 'both' | null;
  /** The audience of the token to mint; null to mint no token. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  /** Seconds. */
  readonly durationSeconds: number;
  /** The token file that an application reads. fedctl checks this token and mints no token. */
  readonly tokenFile: string | null;
  readonly role: {
    readonly roleArn: string;
    readonly externalId: string | null;
    readonly sessionName: string | null;
    readonly mfaSerial: string | null;
  } | null;
  readonly profile: string | null;
  readonly region: string | null;
  /** The issuer that the token must have; null for the issuer of the account. */
  readonly issuer: string | null;
  /** A pattern with wildcards for the subject of the token; null for any subject. */
  readonly subject: string | null;
  /**
   * The privileges that the database user must have. Each privilege is a MongoDB action on a database or
   * collection.
   */
  readonly privileges: readonly {
    readonly action: string;
    readonly database: string;
    /** The name of the collection. An empty string means all collections of the database. */
    readonly collection: string;
  }[];
  /**
   * The collection in which the write probe inserts, finds and deletes a document; null to omit the write
   * probe.
   */
  readonly writeProbe: { readonly database: string; readonly collection: string } | null;
  /** The https URL of an HTTP API that accepts the token. */
  readonly api: string | null;
  /** The ID of the Atlas project that contains the cluster; null to use MONGODB_ATLAS_PROJECT_ID. */
  readonly atlasProject: string | null;
  /** The name of the cluster in Atlas; null to find the cluster by the hosts of the connection string. */
  readonly atlasCluster: string | null;
  /**
   * The DNS server that resolves the host names of the cluster, as `address:port`; null for the DNS servers
   * of the system.
   */
  readonly dnsServer: string | null;
  /** Warnings about the definition of this target. Every output format shows them. */
  readonly warnings: readonly Warning[];
}
