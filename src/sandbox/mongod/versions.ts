/**
 * How the server treats a key set that contains keys other than RSA keys. `refuse-set` rejects the whole key set,
 * `skip` ignores the keys that are not RSA keys, and `use` accepts these keys (facts/mongodb.md 1.6).
 */
export type ForeignKeys = 'refuse-set' | 'skip' | 'use';

/** A server version and its properties that affect a handshake or a login. */
export interface ServerVersion {
  readonly version: string;
  readonly maxWireVersion: number;
  readonly foreignKeys: ForeignKeys;
  /** The signature algorithms that the server accepts. */
  readonly algorithms: readonly string[];
}

const RSA = ['RS256'] as const;

/**
 * The server versions that the lab can emulate. `7.0` is an early revision that rejects a key set with an EC key. `8.0`
 * ignores EC keys. `9.0` supports EC keys. The release that introduced each behavior is unknown, because
 * facts/mongodb.md 1.6 contains only source revisions.
 */
export const SERVER_VERSIONS = {
  '7.0': { version: '7.0.11', maxWireVersion: 21, foreignKeys: 'refuse-set', algorithms: RSA },
  '8.0': { version: '8.0.16', maxWireVersion: 25, foreignKeys: 'skip', algorithms: RSA },
  '9.0': {
    version: '9.0.0',
    maxWireVersion: 29,
    foreignKeys: 'use',
    algorithms: ['RS256', 'ES256', 'ES384'],
  },
} as const satisfies Readonly<Record<string, ServerVersion>>;

export type ServerLine = keyof typeof SERVER_VERSIONS;

export const SERVER_LINES: readonly ServerLine[] = ['7.0', '8.0', '9.0'];
export const DEFAULT_SERVER_LINE: ServerLine = '8.0';
