import type { ConnectionString, HostPort } from '../core/connection-string.ts';
import type { Credentials } from '../core/credentials.ts';
import type { FedctlError } from '../core/errors.ts';
import type { TokenSource } from '../core/token.ts';

export type Mechanism = 'MONGODB-OIDC' | 'MONGODB-AWS';

/**
 * The stages of a login, in order. `tls` is skipped for a loopback server without TLS. `write-probe` runs
 * only on request.
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
 * The facts that a passed stage observed, for programs. They contain names from servers, which must be
 * escaped before they are printed on a terminal.
 */
export type StageFacts =
  | {
      readonly stage: 'resolve';
      /**
       * The addresses of the host, or of the proxy if the connection uses one. Empty for a host that does not
       * resolve.
       */
      readonly hosts: readonly {
        readonly host: string;
        readonly port: number;
        readonly addresses: readonly string[];
      }[];
    }
  /** Each `host:port`. */
  | { readonly stage: 'tcp'; readonly reached: readonly string[]; readonly unreached: readonly string[] }
  /** The host whose certificate expires first. */
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
      /** The highest wire version that the server supports; null if the server reports none. */
      readonly wireVersion: number | null;
      /** The name of the replica set; null if the server is not in a replica set. */
      readonly replicaSet: string | null;
      /** `host:port` of the primary; null if there is no primary. */
      readonly primary: string | null;
    }
  | ({ readonly stage: 'whoami' } & ServerIdentity);

/**
 * The result of one stage. The stage itself reports the result, and does not derive it from the last driver
 * error.
 */
export interface StageEvent {
  readonly id: StageId;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly startedAt: Date;
  readonly ms: number;
  /**
   * A description for people: the observed facts (addresses, certificate, server version, user …), or why the
   * stage was skipped. Contains no secrets.
   */
  readonly detail: string;
  /** The failure code, if the status is `fail`. */
  readonly code?: string;
  /** The facts, if the status is `pass` and the stage has facts. */
  readonly facts?: StageFacts;
}

/** Keys for MONGODB-AWS, and the principal that they belong to. */
export interface LoginKeys extends Credentials {
  /**
   * The ARN from GetCallerIdentity, which the server will also receive; null if this machine cannot call STS.
   */
  readonly arn: string | null;
  /**
   * The database user for this principal; null if the ARN is unknown or Atlas has no type for the principal.
   */
  readonly databaseUser: { readonly username: string; readonly awsIAMType: 'ROLE' | 'USER' } | null;
  /** The provider that supplied the keys, described for people. */
  readonly providerDetail: string;
}

/**
 * One step of a MONGODB-AWS login, from the messages between the driver and the server. Contains no
 * signature, session token or nonce.
 */
export type HandshakeStep =
  | {
      readonly step: 'nonce';
      /** Length of the client nonce, in bytes. */
      readonly clientBytes: number;
      /**
       * Length of the nonce that the server returned, in bytes: the client nonce followed by the server
       * nonce.
       */
      readonly serverBytes: number;
      /**
       * The host for which the client must sign a request. The server sent the name, so it must be escaped
       * before it is printed.
       */
      readonly stsHost: string;
    }
  /** The client sent a signed GetCallerIdentity. */
  | {
      readonly step: 'signed-request';
      readonly accessKeyId: string;
      readonly region: string;
      /** The signed date, such as `20260822T101112Z`. */
      readonly date: string;
      readonly signedHeaders: readonly string[];
      /** Whether the client also sent a session token. */
      readonly sessionToken: boolean;
    }
  /**
   * The server sent the signed request to STS and returned the result. The client cannot see the call to STS.
   */
  | { readonly step: 'replay'; readonly accepted: boolean };

/** The settings of one login. */
export interface LoginPlan {
  readonly mechanism: Mechanism;
  readonly uri: ConnectionString;
  /**
   * Returns why the client must not connect to a replica set member that a server names; null if the member
   * is allowed. If absent, all members that satisfy the TLS rule are allowed.
   */
  readonly refuseMember?: (member: HostPort) => FedctlError | null;
  /** Timeout of each stage, in milliseconds. */
  readonly timeoutMs: number;
  /** `address:port` of the DNS server to use. If absent, the DNS servers of this machine are used. */
  readonly dnsServer?: string;
  /** The source of tokens for MONGODB-OIDC. */
  readonly tokenSource?: TokenSource;
  /** Returns the keys for MONGODB-AWS. */
  readonly credentials?: (signal: AbortSignal) => Promise<LoginKeys>;
  /** The namespace in which to insert the test document. */
  readonly writeProbe?: { readonly database: string; readonly collection: string };
  /** Called with each step of a MONGODB-AWS login. */
  readonly observeHandshake?: (step: HandshakeStep) => void;
  /** Also read the privileges of the roles. */
  readonly privileges?: true;
}

/**
 * The resource of a privilege, in the format of MongoDB: a collection ('' for any collection), or another
 * kind, such as `{cluster: true}` and `{anyResource: true}`.
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
  /** The user name in `$external`: `<idpId>/<subject>` or an ARN. */
  readonly user: string;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** Null if the plan does not request the privileges, or if the server does not return them. */
  readonly privileges: readonly Privilege[] | null;
}

/**
 * Settings for a MONGODB-OIDC connection that stays open: for how long, and how often to send a command, in
 * milliseconds.
 */
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
  /** Always 1, because a lost connection is a failure. */
  readonly logins: 1;
  /**
   * How often the driver requested a token after the first login. If there is a failure, the last request is
   * the one that failed.
   */
  readonly reauthentications: number;
  /** How many commands succeeded. */
  readonly commands: number;
  /** Why the test ended early; null if it ran to its end. */
  readonly failure: FedctlError | null;
}

export interface Mongo {
  /**
   * Logs in once with a new client. Reports each stage when it ends.
   *
   * @throws FedctlError mongo.* of the first failed stage, after the event of this stage; aws.*, sts.* from
   * the credential stage
   */
  login(plan: LoginPlan, observe: (event: StageEvent) => void, signal: AbortSignal): Promise<ServerIdentity>;
  /**
   * Logs in once and uses the connection for `forMs`, to test whether the connection stays usable after its
   * token expires.
   *
   * @throws FedctlError the errors of `login`
   */
  hold(plan: HoldPlan, observe: (event: HoldEvent) => void, signal: AbortSignal): Promise<HoldResult>;
}
