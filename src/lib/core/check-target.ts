import type { LoginPlan } from '../ports/mongo.ts';
import type { ConnectionString } from './connection-string.ts';
import type { Warning } from './errors.ts';
import type { SigningAlgorithm } from './token.ts';

/** One chain to check, from the options or from one entry of a configuration file. Contains no secrets. */
export interface CheckTarget {
  /** The name of the entry; `default` for options. */
  readonly name: string;
  /** Null: the database checks are left out. */
  readonly uri: ConnectionString | null;
  /**
   * Decides which cluster members must not be connected to. Null: all members are allowed, as for every
   * connection string that the user gave.
   */
  readonly refuseMember: NonNullable<LoginPlan['refuseMember']> | null;
  /** Null: use the mechanism of the connection string, otherwise OIDC. */
  readonly mechanism: 'oidc' | 'aws' | 'both' | null;
  /** Audience of the token to mint. Null: no token is minted. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  /** Seconds. */
  readonly durationSeconds: number;
  /** Check the token in this file, which an application reads, instead of minting one. */
  readonly tokenFile: string | null;
  readonly role: {
    readonly roleArn: string;
    readonly externalId: string | null;
    readonly sessionName: string | null;
    readonly mfaSerial: string | null;
  } | null;
  readonly profile: string | null;
  readonly region: string | null;
  /** The issuer that the token must name. Null: the issuer of the account. */
  readonly issuer: string | null;
  /** A glob over the subject; null for any. */
  readonly subject: string | null;
  /** The privileges that the database user must have: an action of MongoDB on a database or collection. */
  readonly privileges: readonly {
    readonly action: string;
    readonly database: string;
    /** '' for the whole database. */
    readonly collection: string;
  }[];
  /** Insert, find and delete a document in this collection. */
  readonly writeProbe: { readonly database: string; readonly collection: string } | null;
  /** The https URL of an HTTP API that accepts the token. */
  readonly api: string | null;
  /** The id of the Atlas project of the cluster. Null: use MONGODB_ATLAS_PROJECT_ID. */
  readonly atlasProject: string | null;
  /** The name of the cluster in Atlas. Null: find the cluster by its connection string. */
  readonly atlasCluster: string | null;
  /** `address:port` of the DNS server that resolves the names of the cluster. */
  readonly dnsServer: string | null;
  /** Warnings from reading this target, shown in every output format. */
  readonly warnings: readonly Warning[];
}
