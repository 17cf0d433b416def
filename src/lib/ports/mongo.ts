import type { ConnectionString, HostPort } from '../core/connection-string.ts';
import type { Credentials } from '../core/credentials.ts';
import type { FedctlError } from '../core/errors.ts';
import type { TokenSource } from '../core/token.ts';

export type Mechanism = 'MONGODB-OIDC' | 'MONGODB-AWS';

/**
 * The stages of a login, in order. `write-probe` runs only on request; `tls` is skipped on a plain loopback
 * server.
 */
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

/**
 * What a passed stage observed, for programs. Names come from servers: not safe to print on a terminal
 * without escaping.
 */
export type StageFacts =
  | {
      readonly stage: 'resolve';
      /** The addresses of the proxy when the connection uses one. Empty for a host that does not resolve. */
      readonly hosts: readonly {
        readonly host: string;
        readonly port: number;
        readonly addresses: readonly string[];
      }[];
    }
  /** Each `host:port`. */
  | { readonly stage: 'tcp'; readonly reached: readonly string[]; readonly unreached: readonly string[] }
  /** The host whose own certificate expires first. */
  | {
      readonly stage: 'tls';
      /** `TLSv1.3` */
      readonly protocol: string;
      readonly subject: string;
      readonly issuer: string;
      readonly expiresAt: Date;
    }
  | {
      readonly stage: 'hello';
      /** The highest version that the server supports; null when the server does not report one. */
      readonly wireVersion: number | null;
      /** The name of the replica set; null for a server that is not in one. */
      readonly replicaSet: string | null;
      /** `host:port`; null without a primary. */
      readonly primary: string | null;
    }
  | ({ readonly stage: 'whoami' } & ServerIdentity);

/** The result of one stage, observed where it happened and not derived from the last error of the driver. */
export interface StageEvent {
  readonly id: StageId;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly startedAt: Date;
  readonly ms: number;
  /**
   * For people: what was observed (addresses, certificate, server version, user …) or why the stage was
   * skipped. No secrets.
   */
  readonly detail: string;
  /** The failure code. Set with status `fail`. */
  readonly code?: string;
  /** Set with status `pass`, for the stages that have facts. */
  readonly facts?: StageFacts;
}

/** Keys for MONGODB-AWS, and the principal they belong to. */
export interface LoginKeys extends Credentials {
  /**
   * The ARN from GetCallerIdentity, which is what the server will see; null when STS cannot be called from
   * here.
   */
  readonly arn: string | null;
  /**
   * The database user that matches this principal; null when the ARN is unknown or Atlas has no type for it.
   */
  readonly databaseUser: { readonly username: string; readonly awsIAMType: 'ROLE' | 'USER' } | null;
  /** For people: which provider supplied the keys. */
  readonly providerDetail: string;
}

/**
 * One step of a MONGODB-AWS login, as the messages on the wire show it. Contains no signature, session token
 * or nonce.
 */
export type HandshakeStep =
  | {
      readonly step: 'nonce';
      /** Sent by the client. */
      readonly clientBytes: number;
      /** Returned by the server: the nonce of the client followed by its own. */
      readonly serverBytes: number;
      /**
       * The host for which the client must sign a request. Comes from the server: not safe to print without
       * escaping.
       */
      readonly stsHost: string;
    }
  /** The client sent a signed GetCallerIdentity. */
  | {
      readonly step: 'signed-request';
      readonly accessKeyId: string;
      readonly region: string;
      /** As signed: `20260822T101112Z`. */
      readonly date: string;
      readonly signedHeaders: readonly string[];
      /** Whether a session token was sent with it. */
      readonly sessionToken: boolean;
    }
  /** The server sent that request to STS, which the client cannot see, and returned its decision. */
  | { readonly step: 'replay'; readonly accepted: boolean };

/** What one login needs. */
export interface LoginPlan {
  readonly mechanism: Mechanism;
  readonly uri: ConnectionString;
  /**
   * Returns why a member that a server names must not be connected to; null when it is allowed. Absent: every
   * member is allowed, under the TLS rule that applies to every host.
   */
  readonly refuseMember?: (member: HostPort) => FedctlError | null;
  /** Bounds each stage, in milliseconds. */
  readonly timeoutMs: number;
  /** The DNS server to use, `address:port`. Absent: the DNS servers of this machine. */
  readonly dnsServer?: string;
  /** For MONGODB-OIDC. */
  readonly tokenSource?: TokenSource;
  /** For MONGODB-AWS. */
  readonly credentials?: (signal: AbortSignal) => Promise<LoginKeys>;
  /** The namespace of the write probe. */
  readonly writeProbe?: { readonly database: string; readonly collection: string };
  /** Called with each step of a login by MONGODB-AWS. */
  readonly observeHandshake?: (step: HandshakeStep) => void;
  /** Also read the privileges of the roles. */
  readonly privileges?: true;
}

/**
 * The resource of a privilege, as MongoDB writes it: a collection ('' for any), or another kind, such as
 * `{cluster: true}` and `{anyResource: true}`.
 */
export type PrivilegeResource =
  | { readonly db: string; readonly collection: string }
  | Readonly<Record<string, string | boolean>>;

export interface Privilege {
  readonly resource: PrivilegeResource;
  /** `find`, `insert` … */
  readonly actions: readonly string[];
}

/** The identity that the server reports (connectionStatus). */
export interface ServerIdentity {
  /** `<idpId>/<subject>` or an ARN, of `$external`. */
  readonly user: string;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** Null unless the plan asks for them, and when the server does not return them. */
  readonly privileges: readonly Privilege[] | null;
}

/** How long one MONGODB-OIDC login is held, and how often it is used meanwhile, in milliseconds. */
export interface HoldPlan extends LoginPlan {
  readonly mechanism: 'MONGODB-OIDC';
  readonly tokenSource: TokenSource;
  readonly forMs: number;
  readonly everyMs: number;
}

/** Events of a held connection, in order. */
export type HoldEvent =
  /** A stage of the login, up to `authenticate`. */
  | { readonly kind: 'stage'; readonly stage: StageEvent }
  /** A command succeeded. `count` is 1 for the first, 2 for the second … */
  | { readonly kind: 'command'; readonly at: Date; readonly ms: number; readonly count: number }
  /** The server required a new login on the same connection, so the driver requested another token. */
  | { readonly kind: 'reauthentication'; readonly at: Date; readonly count: number };

export interface HoldResult {
  /** Always 1: a lost connection is a failure. */
  readonly logins: 1;
  /**
   * How often the driver requested a token after the first login. The last request failed when there is a
   * failure.
   */
  readonly reauthentications: number;
  /** How many commands succeeded. */
  readonly commands: number;
  /** Why the hold ended early; null when it did not. */
  readonly failure: FedctlError | null;
}

export interface Mongo {
  /**
   * Logs in once with a new client, reporting each stage as it ends.
   *
   * @throws FedctlError mongo.* of the first stage that failed, after that stage's event; aws.*, sts.* from the credential stage
   */
  login(plan: LoginPlan, observe: (event: StageEvent) => void, signal: AbortSignal): Promise<ServerIdentity>;
  /**
   * Logs in once and uses the connection for `forMs`, to test whether it outlives its token.
   *
   * @throws FedctlError as `login` does, for the login
   */
  hold(plan: HoldPlan, observe: (event: HoldEvent) => void, signal: AbortSignal): Promise<HoldResult>;
}
