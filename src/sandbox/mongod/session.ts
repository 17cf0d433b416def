import type { LabLog } from '../log.ts';
import type { Cursors } from './cursors.ts';
import type { FailPoints } from './fail-points.ts';
import type { LoginAttempt } from './login-attempt.ts';
import type { RetriedWrites } from './retried-writes.ts';
import type { Login, SaslMechanism, SaslStep } from './sasl.ts';
import type { MongodSettings } from './settings.ts';
import type { Store } from './store.ts';

/** The state that all connections share. */
export interface ServerState {
  readonly log: LabLog;
  readonly now: () => Date;
  /** Called before each message is processed. */
  readonly wait: () => Promise<void>;
  readonly startedAt: Date;
  /** The `host:port` that clients use to connect to the server. */
  readonly address: string;
  readonly replicaSet: string | null;
  /** The settings of the server. A change applies immediately. */
  readonly settings: MongodSettings;
  readonly failPoints: FailPoints;
  readonly retriedWrites: RetriedWrites;
  readonly mechanisms: ReadonlyMap<string, SaslMechanism>;
  /** Called for every completed login, whether accepted or rejected. */
  readonly onLogin: (attempt: LoginAttempt) => void;
  readonly store: Store;
  readonly cursors: Cursors;
  /** The server aborts this signal when the server stops. */
  readonly closing: AbortSignal;
}

/** A SASL conversation in which the client must send the next message. */
export interface Conversation {
  readonly id: number;
  readonly mechanism: string;
  readonly next: Extract<SaslStep, { readonly done: false }>['next'];
}

/** The state of one connection. */
export class Session {
  readonly connectionId: number;
  /** The `address:port` of the client. */
  readonly peer: string;
  /** The application name in the client's first hello; null if the client sent no name. */
  appName: string | null = null;
  conversation: Conversation | null = null;
  /**
   * The last successful login; null before the first login and after a logout. A re-authentication replaces the login.
   */
  login: Login | null = null;

  constructor(connectionId: number, peer: string) {
    this.connectionId = connectionId;
    this.peer = peer;
  }

  /** The IP address of the client without the port. */
  get ipAddress(): string {
    return this.peer.replace(/:\d+$/, '');
  }

  get user(): string | null {
    return this.login?.principal.username ?? null;
  }

  /**
   * Returns true if the token of the login has expired. Like the check of `exp` during a login, this check has no
   * leeway.
   */
  isExpired(now: Date): boolean {
    const expiresAt = this.login?.expiresAt ?? null;
    return expiresAt !== null && expiresAt <= now;
  }
}
