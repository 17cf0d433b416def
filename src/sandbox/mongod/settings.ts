import { DEFAULT_SERVER_LINE, SERVER_VERSIONS, type ServerVersion } from './versions.ts';

/**
 * The server that reports a rejected login: mongod with code 18, or Atlas's proxy with code 8000. After code 8000, some
 * drivers keep the rejected token until the client is closed (facts/mongodb.md 1.2, 1.3).
 */
export type AuthError = 'mongod' | 'atlas';

export const AUTH_ERRORS: readonly AuthError[] = ['mongod', 'atlas'];

/** The settings of the server. A change applies immediately. */
export interface MongodSettings {
  serverVersion: ServerVersion;
  authError: AuthError;
  /** The maximum number of open connections. The server immediately closes each additional connection. */
  maxConnections: number;
  /** The enabled authentication mechanisms: MONGODB-OIDC, MONGODB-AWS or both. */
  mechanisms: readonly string[];
}

/**
 * The default value of `maxConnections`. The default limit of mongod is much higher and depends on the operating
 * system.
 */
const MAX_CONNECTIONS = 5000;

export const defaultSettings = (): MongodSettings => ({
  serverVersion: SERVER_VERSIONS[DEFAULT_SERVER_LINE],
  authError: 'mongod',
  maxConnections: MAX_CONNECTIONS,
  mechanisms: ['MONGODB-OIDC', 'MONGODB-AWS'],
});
