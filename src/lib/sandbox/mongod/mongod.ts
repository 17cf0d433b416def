import type { DatabaseUser, IdentityProvider } from '../../trust/relying-party.ts';
import type { LabLog } from '../log.ts';

/** What the lab's MongoDB server is started with. */
export interface MongodOptions {
  readonly log: LabLog;
  /** The lab's clock: tokens live and sessions expire by it. */
  readonly now: () => Date;
  /** Where to listen, and what a replica set announces. `127.0.0.1` unless given. */
  readonly host?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** Speaks TLS, and nothing else, with this certificate. Both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The name of the set of which this is the one member; null for a standalone. */
  readonly replicaSet?: string | null;
  /** Read at every login, so that a change counts from the next one on. */
  readonly identityProviders: () => readonly IdentityProvider[];
  readonly databaseUsers: () => readonly DatabaseUser[];
  /** Where signed GetCallerIdentity requests are replayed to. */
  readonly sts: { readonly url: string };
  /** The CA, PEM, that vouches for STS and the issuers; what Node.js trusts unless given. */
  readonly ca?: string;
  /** What is announced to clients as the host that they sign for. `sts.amazonaws.com` unless given. */
  readonly stsHost?: string;
}

export interface LabMongod {
  readonly host: string;
  readonly port: number;
  /** Ends within a second, whatever clients do. */
  close(): Promise<void>;
}

/**
 * Starts the lab's MongoDB server.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startMongod(_options: MongodOptions): Promise<LabMongod> {
  throw new Error('not built yet');
}
