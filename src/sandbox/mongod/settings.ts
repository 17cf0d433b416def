import { DEFAULT_SERVER_LINE, SERVER_VERSIONS, type ServerVersion } from './versions.ts';

/**
 * The sender of the error for a failed login: mongod with code 18, or Atlas's proxy with code 8000. After code 8000,
 * some drivers keep the rejected token until their client is closed (facts/mongodb.md 1.2, 1.3).
 */
export type AuthError = 'mongod' | 'atlas';

export const AUTH_ERRORS: readonly AuthError[] = ['mongod', 'atlas'];

/** Settings that can be changed while the server runs. Each is read at every use. */
export interface MongodSettings {
  serverVersion: ServerVersion;
  authError: AuthError;
  /** The maximum number of connections. The server closes further connections immediately. */
  maxConnections: number;
  /** The enabled mechanisms of MONGODB-OIDC and MONGODB-AWS. */
  mechanisms: readonly string[];
}

/** mongod allows as many connections as the operating system; the limit of the lab is far lower. */
const MAX_CONNECTIONS = 5000;

export const defaultSettings = (): MongodSettings => ({
  serverVersion: SERVER_VERSIONS[DEFAULT_SERVER_LINE],
  authError: 'mongod',
  maxConnections: MAX_CONNECTIONS,
  mechanisms: ['MONGODB-OIDC', 'MONGODB-AWS'],
});
