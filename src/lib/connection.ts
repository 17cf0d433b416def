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

/** One stage as it ended, observed where it happened and not concluded from the driver's last error. */
export interface StageEvent {
  readonly id: StageId;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly ms: number;
  /** For people: what was seen (addresses, certificate, server version, user …) or why it was skipped. No secrets. */
  readonly detail: string;
  /** The failure code, with status `fail`. */
  readonly code?: string;
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
}

/** Who the server says we are (connectionStatus). */
export interface ServerIdentity {
  /** `<idpId>/<subject>` or an ARN, of `$external`. */
  readonly user: string | null;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
}

/** Logs in once with a new client, reporting each stage as it ends. */
export interface Mongo {
  /** @throws FedctlError mongo.* of the first stage that failed, after that stage's event; aws.*, sts.* from the credential stage */
  login(plan: LoginPlan, observe: (event: StageEvent) => void, signal: AbortSignal): Promise<ServerIdentity>;
}
