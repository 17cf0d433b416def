import type { ConnectionString, HostPort } from '../core/connection-string.ts';
import type { Credentials } from '../core/credentials.ts';
import type { FedctlError } from '../core/errors.ts';
import type { TokenSource } from '../core/token.ts';

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

/** What a stage that passed saw, for programs. Names come from servers: not safe to show on a terminal as they are. */
export type StageFacts =
  | {
      readonly stage: 'resolve';
      /** The addresses of the proxy, where one leads to the host; empty for a host that does not resolve. */
      readonly hosts: readonly {
        readonly host: string;
        readonly port: number;
        readonly addresses: readonly string[];
      }[];
    }
  /** Each `host:port`. */
  | { readonly stage: 'tcp'; readonly reached: readonly string[]; readonly unreached: readonly string[] }
  /** Of the host whose own certificate ends first. */
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
      /** The highest that the server speaks; null where it says none. */
      readonly wireVersion: number | null;
      /** The name of the set; null for a server that is in none. */
      readonly replicaSet: string | null;
      /** `host:port`; null without a primary. */
      readonly primary: string | null;
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
  /** With status `pass`, of the stages that have some. */
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

/** One step of a login by MONGODB-AWS, as the messages on the wire show it. Holds no signature, session token or nonce. */
export type HandshakeStep =
  | {
      readonly step: 'nonce';
      /** Sent by the client. */
      readonly clientBytes: number;
      /** Returned by the server: the nonce of the client followed by its own. */
      readonly serverBytes: number;
      /** The host that the client is to sign a request for. Comes from the server: not safe to show as it is. */
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
  /** The server sent that request to STS, out of the client's sight, and returned its decision. */
  | { readonly step: 'replay'; readonly accepted: boolean };

/** What one login needs. */
export interface LoginPlan {
  readonly mechanism: Mechanism;
  readonly uri: ConnectionString;
  /**
   * Says of a member that a server names why it may not be dialled; null where it may. Absent: every member may, under
   * the rule of TLS that holds for every host.
   */
  readonly refuseMember?: (member: HostPort) => FedctlError | null;
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
  /** Called with each step of a login by MONGODB-AWS. */
  readonly observeHandshake?: (step: HandshakeStep) => void;
  /** Ask what the roles allow, too. */
  readonly privileges?: true;
}

/**
 * What a privilege is on, as MongoDB writes it: a collection ('' for any), or one of the other kinds, such as
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

/** Who the server says we are (connectionStatus). */
export interface ServerIdentity {
  /** `<idpId>/<subject>` or an ARN, of `$external`. */
  readonly user: string;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** Null unless the plan asks for them, and where the server does not tell. */
  readonly privileges: readonly Privilege[] | null;
}

/** How long one login by MONGODB-OIDC is held, and how often it is used meanwhile, in milliseconds. */
export interface HoldPlan extends LoginPlan {
  readonly mechanism: 'MONGODB-OIDC';
  readonly tokenSource: TokenSource;
  readonly forMs: number;
  readonly everyMs: number;
}

/** What happens to a connection that is held, as it happens. */
export type HoldEvent =
  /** Of the login, up to `authenticate`. */
  | { readonly kind: 'stage'; readonly stage: StageEvent }
  /** A command was answered, `count` being the first, the second … */
  | { readonly kind: 'command'; readonly at: Date; readonly ms: number; readonly count: number }
  /** The server wanted a new login on the same connection, so the driver asked for another token. */
  | { readonly kind: 'reauthentication'; readonly at: Date; readonly count: number };

export interface HoldResult {
  /** There is no second one: a connection that is lost is a failure. */
  readonly logins: 1;
  /** How often the driver asked for a token after the one it logged in with; the last time in vain where there is a failure. */
  readonly reauthentications: number;
  /** How many commands were answered. */
  readonly commands: number;
  /** Why it ended before its time; null when it did not. */
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
   * Logs in once and uses the connection until `forMs` are over: whether it outlives its token.
   *
   * @throws FedctlError as `login` does, of the login
   */
  hold(plan: HoldPlan, observe: (event: HoldEvent) => void, signal: AbortSignal): Promise<HoldResult>;
}
