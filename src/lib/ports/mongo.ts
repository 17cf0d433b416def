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
 * The facts that a stage reports when it passes. Text from a server must be escaped before it is printed on a
 * terminal.
 */
export type StageFacts =
  | {
      readonly stage: 'resolve';
      /**
       * The addresses of the host, or of the proxy if the connection uses a proxy. A host that does not
       * resolve has no addresses.
       */
      readonly hosts: readonly {
        readonly host: string;
        readonly port: number;
        readonly addresses: readonly string[];
      }[];
    }
  /** Each `host:port`. */
  | { readonly stage: 'tcp'; readonly reached: readonly string[]; readonly unreached: readonly string[] }
  /** The connection with the certificate that expires first, of all TLS connections of the attempt. */
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
      /** The highest wire version that the server supports; null if the server reports no wire version. */
      readonly wireVersion: number | null;
      /** The name of the replica set; null if the server is not in a replica set. */
      readonly replicaSet: string | null;
      /** The primary as `host:port`; null if there is no primary. */
      readonly primary: string | null;
    }
  | ({ readonly stage: 'whoami' } & ServerIdentity);

/**
 * The result of one stage. The stage itself reports this result; the result is not derived from the last
 * driver error.
 */
export interface StageEvent {
  readonly id: StageId;
  readonly status: 'pass' | 'fail' | 'skip';
  readonly startedAt: Date;
  readonly ms: number;
  /**
   * A description of the observed facts (addresses, certificate, server version, user …), or the reason for
   * skipping the stage. The description contains no secrets.
   */
  readonly detail: string;
  /** The failure code, if the status is `fail`. */
  readonly code?: string;
  /** The observed facts. They are set only if the status is `pass` and the stage provides facts. */
  readonly facts?: StageFacts;
}

/** Keys for MONGODB-AWS, and the principal to which they belong. */
export interface LoginKeys extends Credentials {
  /**
   * The ARN from GetCallerIdentity. The server will receive the same ARN. Null if this machine cannot call
   * STS.
   */
  readonly arn: string | null;
  /**
   * The required database user; null if the ARN is unknown, or if Atlas does not support the type of
   * principal.
   */
  readonly databaseUser: { readonly username: string; readonly awsIAMType: 'ROLE' | 'USER' } | null;
  /** A description of the provider that returned the AWS credentials. */
  readonly providerDetail: string;
}

/**
 * One step of a MONGODB-AWS login, taken from the messages between the driver and the server. A step contains
 * no signature, session token or nonce.
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
       * The STS host for which the client must sign a request. The server sends this name, so it must be
       * escaped before it is printed.
       */
      readonly stsHost: string;
    }
  /** The client sent a signed GetCallerIdentity request. */
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
  /** The server called STS with the signed request and returned the result. */
  | { readonly step: 'replay'; readonly accepted: boolean };

/** The settings for one login. */
export interface LoginPlan {
  readonly mechanism: Mechanism;
  readonly uri: ConnectionString;
  /**
   * Returns why the client must not connect to a replica set member that a server reported; null if the
   * connection is allowed. If this function is not set, the client may connect to all members that use
   * verified TLS or are on this machine.
   */
  readonly refuseMember?: (member: HostPort) => FedctlError | null;
  /** Timeout of each stage, in milliseconds. */
  readonly timeoutMs: number;
  /** `address:port` of the DNS server to use. If absent, the DNS servers of this machine are used. */
  readonly dnsServer?: string;
  /** The token source for MONGODB-OIDC. */
  readonly tokenSource?: TokenSource;
  /** Returns the keys for MONGODB-AWS. */
  readonly credentials?: (signal: AbortSignal) => Promise<LoginKeys>;
  /** The namespace in which the write probe inserts its document. */
  readonly writeProbe?: { readonly database: string; readonly collection: string };
  /** Called with each step of a MONGODB-AWS login. */
  readonly observeHandshake?: (step: HandshakeStep) => void;
  /** If set, the login also reads the privileges that the roles grant. */
  readonly privileges?: true;
}

/**
 * The resource of a privilege in the MongoDB format: a collection ('' for any collection), or another
 * resource such as `{cluster: true}` or `{anyResource: true}`.
 */
export type PrivilegeResource =
  | { readonly db: string; readonly collection: string }
  | Readonly<Record<string, string | boolean>>;

export interface Privilege {
  readonly resource: PrivilegeResource;
  /** `find`, `insert` … */
  readonly actions: readonly string[];
}

/** The authenticated identity that the server reports (connectionStatus). */
export interface ServerIdentity {
  /** The user name in `$external`: `<idpId>/<subject>` or an ARN. */
  readonly user: string;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /**
   * The privileges; null if the plan does not request privileges, or if the server does not return
   * privileges.
   */
  readonly privileges: readonly Privilege[] | null;
}

/**
 * Settings for a MONGODB-OIDC connection that stays open: the duration and the interval between commands, in
 * milliseconds.
 */
export interface HoldPlan extends LoginPlan {
  readonly mechanism: 'MONGODB-OIDC';
  readonly tokenSource: TokenSource;
  readonly forMs: number;
  readonly everyMs: number;
}

/** Events of a connection that stays open, in order. */
export type HoldEvent =
  /** A stage of the login. The last stage is `authenticate`. */
  | { readonly kind: 'stage'; readonly stage: StageEvent }
  /** A command succeeded. `count` is the number of successful commands so far. */
  | { readonly kind: 'command'; readonly at: Date; readonly ms: number; readonly count: number }
  /** The server required reauthentication on the same connection, so the driver requested another token. */
  | { readonly kind: 'reauthentication'; readonly at: Date; readonly count: number };

export interface HoldResult {
  /**
   * The number of logins. It is always 1: if the connection is lost, fedctl reports a failure and does not
   * log in again.
   */
  readonly logins: 1;
  /**
   * The number of times that the driver requested a token after the first login. If `failure` is set, the
   * count includes the reauthentication that failed.
   */
  readonly reauthentications: number;
  /** The number of commands that succeeded. */
  readonly commands: number;
  /** The failure that ended the test early; null if the test was completed. */
  readonly failure: FedctlError | null;
}

export interface Mongo {
  /**
   * Logs in once with a new client. Reports each stage when it ends.
   *
   * @throws FedctlError mongo.* for the first failed stage, or aws.*, sts.* for the credential stage. The
   * failed stage is reported before the error is thrown.
   */
  login(plan: LoginPlan, observe: (event: StageEvent) => void, signal: AbortSignal): Promise<ServerIdentity>;
  /**
   * Logs in once and uses the connection for `forMs` milliseconds, to test that the connection remains usable
   * after its token expires.
   *
   * @throws FedctlError the errors of `login`
   */
  hold(plan: HoldPlan, observe: (event: HoldEvent) => void, signal: AbortSignal): Promise<HoldResult>;
}
