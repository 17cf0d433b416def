import type { Credentials } from './credentials.ts';
import type { TokenSource } from './token.ts';

export type Mechanism = 'MONGODB-OIDC' | 'MONGODB-AWS';

/** The stages of a login, in order. `write-probe` only when it is asked for; `tls` is skipped on a plain loopback server. */
export const STAGES = [
  'resolve',
  'tcp',
  'tls',
  'hello',
  'credential',
  'authenticate',
  'whoami',
  'ping',
  'write-probe',
] as const;

export type StageId = (typeof STAGES)[number];

/** What a stage showed, for whoever compares it; not every stage shows something. */
export type StageFacts =
  | {
      readonly stage: 'tls';
      /** Of the certificate that ends first, where there are several hosts. */
      readonly subject: string;
      readonly issuer: string;
      readonly expiresAt: Date;
    }
  | {
      readonly stage: 'hello';
      /** The highest that the server speaks; null where it was not told. */
      readonly wireVersion: number | null;
    }
  | ({ readonly stage: 'whoami' } & ServerIdentity);

/** One stage as it ended, observed where it happened and not concluded from the driver's last error. */
export interface StageEvent {
  readonly id: StageId;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly startedAt: Date;
  readonly ms: number;
  /** For people: what was seen (addresses, certificate, server version, user …) or why it was skipped. No secrets. */
  readonly detail: string;
  /** The failure code, with status `fail`. */
  readonly code?: string;
  readonly facts?: StageFacts;
}

/** Keys for MONGODB-AWS, and whose they are. */
export interface LoginKeys extends Credentials {
  /** What GetCallerIdentity says, which is what the server will see; null when STS cannot be asked from here. */
  readonly arn: string | null;
  /** The database user that lets this principal in; null where the ARN is unknown or Atlas has no type for it. */
  readonly databaseUser: { readonly username: string; readonly awsIAMType: 'ROLE' | 'USER' } | null;
  /** For people: which provider supplied the keys. */
  readonly providerDetail: string;
}

/** What one login needs. The URI is checked and cleaned already (room `uri`). */
export interface LoginPlan {
  readonly mechanism: Mechanism;
  readonly uri: string;
  /** Bounds each stage, in milliseconds. */
  readonly timeoutMs: number;
  /** The DNS server to ask for names, `address:port`; what this machine asks when absent. */
  readonly dnsServer?: string;
  /** For MONGODB-OIDC. */
  readonly tokenSource?: TokenSource;
  /** For MONGODB-AWS. */
  readonly credentials?: (signal: AbortSignal) => Promise<LoginKeys>;
  /** The namespace of the write probe. */
  readonly writeProbe?: { readonly database: string; readonly collection: string };
  /** Ask the server for the privileges too. */
  readonly privileges?: true;
}

/** What the roles of a database user allow, resource by resource (privilege documents of MongoDB's manual). */
export interface Privilege {
  /** A database and a collection, each '' for any; `cluster` and `anyResource` name no database. */
  readonly resource:
    | { readonly db: string; readonly collection: string }
    | { readonly cluster: true }
    | { readonly anyResource: true };
  readonly actions: readonly string[];
}

/** Who the server says we are (connectionStatus). */
export interface ServerIdentity {
  /** `<idpId>/<subject>` or an ARN, of `$external`. */
  readonly user: string | null;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** Null unless they were asked for. */
  readonly privileges: readonly Privilege[] | null;
}

/** Logs in once with a new client, reporting each stage as it ends. */
export interface Mongo {
  /** @throws FedctlError mongo.* of the first stage that failed, after that stage's event; aws.*, sts.* from the credential stage */
  login(plan: LoginPlan, observe: (event: StageEvent) => void, signal: AbortSignal): Promise<ServerIdentity>;
  hold(
    plan: LoginPlan & { readonly forMs: number; readonly everyMs: number },
    observe: (event: never) => void,
    signal: AbortSignal,
  ): Promise<{
    reauthentications: number;
    commands: number;
    failure: import('./errors.ts').FedctlError | null;
  }>;
}
