import { CommaAndColonSeparatedRecord, ConnectionString } from 'mongodb-connection-string-url';
import { rerun } from '../command-line.ts';
import type { Mechanism } from '../connection.ts';
import { FedctlError, type Warning } from '../errors.ts';
import { printable } from '../printable.ts';

/** A connection string that says where to connect, and nothing any more about who. */
export interface CleanUri {
  /** Without user and without options of authentication. May hold the password of a proxy or a key file: not to be shown. */
  readonly uri: string;
  /** The mechanism that it named, as it spelled it; null when it named none. */
  readonly namedMechanism: string | null;
  /** What was dropped because it contradicts a login that brings its own token or keys. */
  readonly warnings: readonly Warning[];
}

/** Options that hold a secret of their own. The driver needs them; nobody else does. */
const SECRET_OPTIONS = ['proxyPassword', 'tlsCertificateKeyFilePassword'] as const;

/** The properties that drivers know (facts/mongodb.md 1.5 and 3.1). */
const PROPERTIES = [
  'ENVIRONMENT',
  'TOKEN_RESOURCE',
  'ALLOWED_HOSTS',
  'AWS_SESSION_TOKEN',
  'SERVICE_NAME',
  'SERVICE_HOST',
  'SERVICE_REALM',
  'CANONICALIZE_HOST_NAME',
] as const;

/**
 * Takes everything about authentication out of a connection string.
 *
 * @throws FedctlError mongo.uri-invalid, which never repeats the text; mongo.password-in-uri with the cleaned
 *   connection string as its remedy
 */
export function cleanConnectionString(text: string): CleanUri {
  const parsed = parseConnectionString(text);
  const namedMechanism = parsed.searchParams.get('authMechanism');
  const warnings = [...userWarnings(parsed), ...authSourceWarnings(parsed), ...propertyWarnings(parsed)];
  const hadPassword = parsed.password !== '';
  parsed.username = '';
  parsed.password = '';
  for (const option of ['authMechanism', 'authSource', 'authMechanismProperties']) {
    while (parsed.searchParams.has(option)) parsed.searchParams.delete(option);
  }
  if (hadPassword) throw passwordInUri(parsed, namedMechanism);
  return { uri: parsed.toString(), namedMechanism, warnings };
}

/**
 * Parses a connection string, or fails without repeating a byte of it: a password may be anywhere in a text that
 * does not parse.
 *
 * @throws FedctlError mongo.uri-invalid
 */
export function parseConnectionString(text: string): ConnectionString {
  let parsed: ConnectionString;
  try {
    parsed = new ConnectionString(text);
  } catch {
    // The parser's error is not kept as the cause: it quotes the user name.
    throw notAConnectionString(text);
  }
  // With a second @ nobody can tell where a password ends: what looks like a path may be the rest of it.
  if (parsed.username !== '' && text.split('@').length > 2) throw notAConnectionString(text);
  for (const name of new Set([...parsed.searchParams.keys()].map((key) => key.toLowerCase()))) {
    const spellings = [...parsed.searchParams.keys()].filter((key) => key.toLowerCase() === name);
    if (spellings.length > 1 && name !== 'readpreferencetags') {
      throw new FedctlError('mongo.uri-invalid', {
        message: `The connection string gives the option ${printable(name)} more than once.`,
        likelyCause: 'It was put together from two parts.',
        remedy: `keep one ${printable(name)}`,
      });
    }
  }
  return parsed;
}

function notAConnectionString(text: string): FedctlError {
  return new FedctlError('mongo.uri-invalid', {
    message: 'The connection string is not one.',
    ...(/^mongodb(\+srv)?:\/\/.*@/is.test(text)
      ? {
          likelyCause: 'It holds a user name or a password, with characters that are not percent-encoded.',
          remedy: "Leave them out, no mechanism of fedctl needs them: --uri 'mongodb+srv://<host>/'.",
        }
      : {}),
  });
}

/** A connection string as people may see it: without anything secret, safe between single quotes. */
export function shownUri(uri: string): string {
  const parsed = parseConnectionString(uri);
  parsed.username = '';
  parsed.password = '';
  for (const option of [...SECRET_OPTIONS, 'authMechanismProperties']) parsed.searchParams.delete(option);
  return printable(parsed.toString()).replaceAll("'", '%27');
}

/** The secrets that options of a connection string hold, for whoever has to keep them out of a text. */
export function secretsOf(uri: string): readonly string[] {
  const parsed = parseConnectionString(uri);
  return SECRET_OPTIONS.map((option) => parsed.searchParams.get(option) ?? '').filter(
    (value) => value !== '',
  );
}

function passwordInUri(parsed: ConnectionString, namedMechanism: string | null): FedctlError {
  const mechanism: Mechanism | null = namedMechanism === 'MONGODB-AWS' ? namedMechanism : null;
  const set = mechanism === null ? {} : ({ '--mechanism': 'aws' } as const);
  return new FedctlError('mongo.password-in-uri', {
    message: 'The connection string holds a password.',
    remedy: 'Leave user and password out of the connection string: no mechanism of fedctl needs them.',
    // Without a secret that the connection needs, the command would not do.
    command:
      secretsOf(parsed.toString()).length === 0
        ? rerun({ set: { ...set, '--uri': shownUri(parsed.toString()) } })
        : null,
  });
}

function userWarnings({ username, password }: ConnectionString): Warning[] {
  if (username === '' || password !== '') return [];
  return [
    {
      code: 'mongo.uri.user-ignored',
      message:
        'The user name in the connection string is not used: the server learns the user from the login.',
      remedy: 'leave it out of the connection string',
    },
  ];
}

function authSourceWarnings({ searchParams }: ConnectionString): Warning[] {
  const source = searchParams.get('authSource');
  if (source === null || source === '$external') return [];
  return [
    {
      code: 'mongo.uri.auth-source-ignored',
      message: `authSource=${printable(source)} is not used: both mechanisms authenticate against $external.`,
      remedy: 'leave authSource out of the connection string',
    },
  ];
}

function propertyWarnings({ searchParams }: ConnectionString): Warning[] {
  const properties = new CommaAndColonSeparatedRecord(searchParams.get('authMechanismProperties'));
  // Never a value, for AWS_SESSION_TOKEN is a secret; and a comma in a value makes its rest look like a name.
  const names = [...properties.keys()].map((name) =>
    PROPERTIES.find((known) => known === name.toUpperCase()),
  );
  return [...new Set(names)].map((name) => ({
    code: 'mongo.uri.property-ignored',
    message: `${name ?? 'A property'} in authMechanismProperties is not used: fedctl brings the token or the keys itself.`,
    remedy:
      name === 'ENVIRONMENT'
        ? 'To log in with the token that an application reads from a file: --token-file <file>.'
        : `leave ${name ?? 'authMechanismProperties'} out of the connection string`,
  }));
}
