import type { LoginPlan } from '../ports/mongo.ts';
import type { ConnectionString } from './connection-string.ts';
import type { Warning } from './errors.ts';
import type { SigningAlgorithm } from './token.ts';

/**
 * A chain to check, from the command-line options or from an entry of a configuration file. Contains no
 * secrets.
 */
export interface CheckTarget {
  /** The name of the entry; `default` for command-line options. */
  readonly name: string;
  /** Null: the database checks are left out. */
  readonly uri: ConnectionString | null;
  /**
   * Returns which cluster members fedctl must not connect to. Null allows all members, as for a connection
   * string that the user gave.
   */
  readonly refuseMember: NonNullable<LoginPlan['refuseMember']> | null;
  /** Null: use the mechanism of the connection string, otherwise OIDC. */
  readonly mechanism: 'oidc' | 'aws' | 'both' | null;
  /** Audience of the token to mint. Null: no token is minted. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  /** Seconds. */
  readonly durationSeconds: number;
  /** The token file that an application reads. fedctl checks the token in this file and mints no token. */
  readonly tokenFile: string | null;
  readonly role: {
    readonly roleArn: string;
    readonly externalId: string | null;
    readonly sessionName: string | null;
    readonly mfaSerial: string | null;
  } | null;
  readonly profile: string | null;
  readonly region: string | null;
  /** The issuer that the token must have. Null: the issuer of the account. */
  readonly issuer: string | null;
  /** A pattern with wildcards for the subject of the token; null for any subject. */
  readonly subject: string | null;
  /** The privileges that the database user must have: a MongoDB action on a database or collection. */
  readonly privileges: readonly {
    readonly action: string;
    readonly database: string;
    /** An empty string means the whole database. */
    readonly collection: string;
  }[];
  /** The collection to insert, find and delete a document in; null for no write probe. */
  readonly writeProbe: { readonly database: string; readonly collection: string } | null;
  /** The https URL of an HTTP API that accepts the token. */
  readonly api: string | null;
  /** The id of the Atlas project of the cluster. Null: MONGODB_ATLAS_PROJECT_ID. */
  readonly atlasProject: string | null;
  /** The name of the cluster in Atlas. Null: the cluster that matches the connection string. */
  readonly atlasCluster: string | null;
  /** `address:port` of the DNS server for the names of the cluster. Null: the DNS server of the system. */
  readonly dnsServer: string | null;
  /** Warnings from reading this target, shown in every output format. */
  readonly warnings: readonly Warning[];
}
