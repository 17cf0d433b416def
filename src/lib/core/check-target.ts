import type { LoginPlan } from '../ports/mongo.ts';
import type { ConnectionString } from './connection-string.ts';
import type { Warning } from './errors.ts';
import type { SigningAlgorithm } from './token.ts';

/** One chain that is to be checked: what the flags or one entry of a configuration file say. No secrets. */
export interface CheckTarget {
  /** Of the entry; `default` for flags. */
  readonly name: string;
  /** Null: the half of the database is left out. */
  readonly uri: ConnectionString | null;
  /** Which members of the cluster may not be dialled; null: all may, as for every string that somebody typed. */
  readonly refuseMember: NonNullable<LoginPlan['refuseMember']> | null;
  /** Null: as the connection string says, else OIDC. */
  readonly mechanism: 'oidc' | 'aws' | 'both' | null;
  /** Of the token to mint. Null: nothing is minted. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  /** Seconds. */
  readonly durationSeconds: number;
  /** Check this very token, which an application reads from the file, instead of one that is minted. */
  readonly tokenFile: string | null;
  readonly role: {
    readonly roleArn: string;
    readonly externalId: string | null;
    readonly sessionName: string | null;
    readonly mfaSerial: string | null;
  } | null;
  readonly profile: string | null;
  readonly region: string | null;
  /** What the token must name; null: whatever the account says. */
  readonly issuer: string | null;
  /** A glob over the subject; null for any. */
  readonly subject: string | null;
  /** What the database user must be allowed: an action of MongoDB on a database or collection. */
  readonly privileges: readonly {
    readonly action: string;
    readonly database: string;
    /** '' for the database as a whole. */
    readonly collection: string;
  }[];
  /** Insert, find and delete a document of its own there. */
  readonly writeProbe: { readonly database: string; readonly collection: string } | null;
  /** An HTTP API that takes the token, by its https URL. */
  readonly api: string | null;
  /** The project of the cluster in Atlas, by its id; null: the one that MONGODB_ATLAS_PROJECT_ID names. */
  readonly atlasProject: string | null;
  /** The name of the cluster in Atlas; null: found by its connection string. */
  readonly atlasCluster: string | null;
  /** `address:port` of a DNS server to ask for the names of the cluster. */
  readonly dnsServer: string | null;
  /** What its reader has to say about it, for every output format. */
  readonly warnings: readonly Warning[];
}
