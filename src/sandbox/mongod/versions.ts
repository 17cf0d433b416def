/** How a server treats keys of an issuer that are not RSA (facts/mongodb.md 1.6). */
export type ForeignKeys = 'refuse-set' | 'skip' | 'use';

/** One line of servers, as far as it shows in a handshake and in a login. */
export interface ServerVersion {
  readonly version: string;
  readonly maxWireVersion: number;
  readonly foreignKeys: ForeignKeys;
  /** What a token may be signed with. */
  readonly algorithms: readonly string[];
}

const RSA = ['RS256'] as const;

/**
 * The lines that the lab can play. `7.0` is one of the early revisions that refuse a whole key set for one EC key in it,
 * `8.0` passes such keys over, `9.0` knows them. Which release was the first to pass over, and which the first to know,
 * is unverified: facts/mongodb.md 1.6 names revisions of the source only.
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
