import { DEFAULT_SERVER_LINE, SERVER_VERSIONS, type ServerVersion } from './versions.ts';

/**
 * Who answers a failed login: mongod itself with 18, or Atlas's proxy with 8000, after which some drivers keep the
 * refused token for the life of their client (facts/mongodb.md 1.2, 1.3).
 */
export type AuthError = 'mongod' | 'atlas';

export const AUTH_ERRORS: readonly AuthError[] = ['mongod', 'atlas'];

/** What may be changed while the server runs; everything is read anew each time it counts. */
export interface MongodSettings {
  serverVersion: ServerVersion;
  authError: AuthError;
  /** A connection beyond this many is closed as soon as it is open. */
  maxConnections: number;
  /** Of MONGODB-OIDC and MONGODB-AWS those that are on. */
  mechanisms: readonly string[];
}

/** mongod's own limit of connections is the operating system's; the lab stays far below that. */
const MAX_CONNECTIONS = 5000;

export const defaultSettings = (): MongodSettings => ({
  serverVersion: SERVER_VERSIONS[DEFAULT_SERVER_LINE],
  authError: 'mongod',
  maxConnections: MAX_CONNECTIONS,
  mechanisms: ['MONGODB-OIDC', 'MONGODB-AWS'],
});
