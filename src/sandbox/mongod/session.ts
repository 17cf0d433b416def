import type { LabLog } from '../log.ts';
import type { Cursors } from './cursors.ts';
import type { FailPoints } from './fail-points.ts';
import type { LoginAttempt } from './login-attempt.ts';
import type { RetriedWrites } from './retried-writes.ts';
import type { Login, SaslMechanism, SaslStep } from './sasl.ts';
import type { MongodSettings } from './settings.ts';
import type { Store } from './store.ts';

/** What all connections share. */
export interface ServerState {
  readonly log: LabLog;
  readonly now: () => Date;
  /** Called before each message is answered. */
  readonly wait: () => Promise<void>;
  readonly startedAt: Date;
  /** `host:port`, as clients reach it. */
  readonly address: string;
  readonly replicaSet: string | null;
  /** Read anew each time: it may change while the server runs. */
  readonly settings: MongodSettings;
  readonly failPoints: FailPoints;
  readonly retriedWrites: RetriedWrites;
  readonly mechanisms: ReadonlyMap<string, SaslMechanism>;
  /** Told of every login that came to its end. */
  readonly onLogin: (attempt: LoginAttempt) => void;
  readonly store: Store;
  readonly cursors: Cursors;
  /** Fires when the server ends. */
  readonly closing: AbortSignal;
}

/** A SASL conversation that waits for the client. */
export interface Conversation {
  readonly id: number;
  readonly mechanism: string;
  readonly next: Extract<SaslStep, { readonly done: false }>['next'];
}

/** What one connection remembers. */
export class Session {
  readonly connectionId: number;
  /** `address:port` of the client. */
  readonly peer: string;
  /** What the client calls its application, from its first hello. */
  appName: string | null = null;
  conversation: Conversation | null = null;
  /** The last login that worked; a later one takes its place, as re-authentication does. */
  login: Login | null = null;

  constructor(connectionId: number, peer: string) {
    this.connectionId = connectionId;
    this.peer = peer;
  }

  /** The client's address without its port. */
  get ipAddress(): string {
    return this.peer.replace(/:\d+$/, '');
  }

  get user(): string | null {
    return this.login?.principal.username ?? null;
  }

  /** True once the token behind the login is over: not a second later, as for the token itself. */
  isExpired(now: Date): boolean {
    const expiresAt = this.login?.expiresAt ?? null;
    return expiresAt !== null && expiresAt <= now;
  }
}
