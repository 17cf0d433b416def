import { CommaAndColonSeparatedRecord, ConnectionString as ParsedUri } from 'mongodb-connection-string-url';
import { rerun } from '../core/command-line.ts';
import type { ConnectionString, SrvName, UriProxy } from '../core/connection-string.ts';
import { FedctlError, type Warning } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readHost } from './host-port.ts';
import { invalidUri } from './invalid-uri.ts';
import { UriOptions } from './options.ts';
import { refusePlaintext } from './plaintext.ts';

/** The options that make a driver accept an unverified certificate. */
const RELAXING_OPTIONS = ['tlsInsecure', 'tlsAllowInvalidCertificates', 'tlsAllowInvalidHostnames'] as const;

/**
 * The options that change which certificates TLS trusts. Without these options, TLS trusts the CAs of this
 * machine.
 */
const TRUST_OPTIONS = ['tlsCAFile', 'tlsCRLFile', ...RELAXING_OPTIONS] as const;

const DEFAULT_PROXY_PORT = 1080;

/** The properties that drivers support (facts/mongodb.md 1.5 and 3.1). */
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

/** The values of ENVIRONMENT. With these values, a driver gets the token without a callback function. */
const ENVIRONMENTS = ['azure', 'gcp', 'k8s', 'test'] as const;

/**
 * Parses a connection string. This is the only parser for connection strings; all other code uses its result.
 *
 * @param text the connection string; leading and trailing white space is ignored, because files and secrets
 * often end with a newline
 * @throws FedctlError mongo.uri-invalid, without any value from the text; mongo.password-in-uri, whose
 * command contains the connection string without the password; mongo.plaintext-refused
 */
export function parseConnectionString(text: string): ConnectionString {
  const parsed = parseUri(text.trim());
  const options = new UriOptions(parsed.searchParams);
  const named = options.get('authMechanism')?.toUpperCase() ?? null;
  const shown = shownUri(parsed, options);
  if (parsed.password !== '') throw passwordInUri(shown, named);
  refuseWhatDriversRefuse(options);
  const unverifiedBy = RELAXING_OPTIONS.find((name) => options.get(name) === 'true') ?? null;
  const password = options.get('tlsCertificateKeyFilePassword');
  const read: ConnectionString = {
    shown,
    hosts: parsed.isSRV ? [] : parsed.hosts.map(readHost),
    srv: readSrvName(parsed, options),
    tls: !asksForTls(parsed.isSRV, options) ? 'off' : unverifiedBy === null ? 'verified' : 'unverified',
    unverifiedBy,
    tlsFiles: {
      ca: options.get('tlsCAFile'),
      crl: options.get('tlsCRLFile'),
      certificateKey: options.get('tlsCertificateKeyFile'),
      certificateKeyPassword: password === null ? null : new Secret(password),
    },
    trustOptions: TRUST_OPTIONS.filter((name) => options.get(name) !== null),
    replicaSet: options.get('replicaSet'),
    proxy: readProxy(options),
    driverOptions: options.forDriver(),
    namedMechanism: named,
    warnings: [...userWarnings(parsed), ...authSourceWarnings(options), ...propertyWarnings(options)],
  };
  refusePlaintext(read);
  return read;
}

/**
 * Parses a connection string. Error messages contain no part of the text, because any part may contain a
 * password.
 */
function parseUri(text: string): ParsedUri {
  let parsed: ParsedUri;
  try {
    parsed = new ParsedUri(text);
  } catch {
    // The error of the parser is not used as the cause, because this error contains the user name.
    throw notAConnectionString(text);
  }
  // If the text contains more than one @, the end of the password is ambiguous. In `user:p@ss/word@host`, the path
  // `/word@host` may contain the end of the password.
  if (parsed.username !== '' && text.split('@').length > 2) throw notAConnectionString(text);
  if (/\?.*\?/s.test(text)) {
    throw invalidUri({
      message: 'Invalid connection string: it has two question marks.',
      likelyCause: 'More options were added with ? instead of &.',
      remedy: 'Add more options with &, and write a ? in a value as %3F.',
    });
  }
  return parsed;
}

const EXPECTED = 'Invalid connection string: expected mongodb:// or mongodb+srv://, followed by a host.';

function notAConnectionString(text: string): FedctlError {
  const [, rest = ''] = /^mongodb\+srv:\/\/([^/?]*)/i.exec(text) ?? [];
  if (/^mongodb(\+srv)?:\/\/.*@/is.test(text)) {
    return invalidUri({
      message: EXPECTED,
      likelyCause: 'The user name or password contains characters that are not percent-encoded.',
      remedy: "Remove the user name and the password: --uri 'mongodb+srv://<host>/'. fedctl needs neither.",
    });
  }
  if (/^["'].*["']$/s.test(text)) {
    return invalidUri({
      message: 'Invalid connection string: it is in quotation marks.',
      likelyCause:
        'Quotation marks in an env file become part of the value, for example with docker run --env-file.',
      remedy: 'Remove the quotation marks around the connection string.',
    });
  }
  if (rest.includes(','))
    return invalidUri({ message: 'Invalid connection string: mongodb+srv:// allows only one host.' });
  if (/:\d+$/.test(rest))
    return invalidUri({ message: 'Invalid connection string: mongodb+srv:// does not allow a port.' });
  return invalidUri({ message: EXPECTED });
}

function shownUri({ protocol, hosts, pathname }: ParsedUri, options: UriOptions): string {
  const query = options.shown().join('&');
  const uri = `${protocol}//${hosts.join(',')}${pathname === '' ? '/' : pathname}${query === '' ? '' : `?${query}`}`;
  return uri.replaceAll("'", '%27');
}

function passwordInUri(shown: string, namedMechanism: string | null): FedctlError {
  const set = namedMechanism === 'MONGODB-AWS' ? ({ '--mechanism': 'aws' } as const) : {};
  return new FedctlError('mongo.password-in-uri', {
    message: 'The connection string has a password.',
    remedy: 'Remove the user name and the password from the connection string. fedctl needs neither.',
    // In the shown connection string, `<credentials>` replaces a secret in an option. A command with this
    // placeholder would not work.
    command: shown.includes('<credentials>') ? null : rerun({ set: { ...set, '--uri': shown } }),
  });
}

/**
 * Returns whether the URI options `tls` or `ssl` enable TLS. By default, mongodb+srv enables TLS
 * (facts/mongodb.md, section 9). If the options contradict each other, returns false.
 */
function asksForTls(isSrv: boolean, options: UriOptions): boolean {
  const said = (['tls', 'ssl'] as const).map((name) => options.get(name)).filter((value) => value !== null);
  return said.length === 0 ? isSrv : said.every((value) => value === 'true');
}

function readSrvName({ isSRV, hosts }: ParsedUri, options: UriOptions): SrvName | null {
  const service = options.get('srvServiceName') ?? 'mongodb';
  const maxHosts = Number(options.get('srvMaxHosts') ?? 0);
  if (!isSRV) {
    const name = (['srvServiceName', 'srvMaxHosts'] as const).find((each) => options.get(each) !== null);
    if (name === undefined) return null;
    throw invalidUri({
      message: `Invalid connection string: ${name} is for mongodb+srv:// only.`,
      remedy: `Remove ${name}, or use mongodb+srv://.`,
    });
  }
  if (!/^[a-z0-9-]{1,62}$/i.test(service))
    throw invalidUri({ message: 'Invalid connection string: srvServiceName is not a valid service name.' });
  if (maxHosts < 0) throw invalidUri({ message: 'Invalid connection string: srvMaxHosts is negative.' });
  const { host } = readHost(hosts[0] ?? '');
  return { host, record: `_${service}._tcp.${host}`, maxHosts };
}

function readProxy(options: UriOptions): UriProxy | null {
  const host = options.get('proxyHost');
  const port = options.get('proxyPort');
  const username = options.get('proxyUsername');
  const password = options.get('proxyPassword');
  if (host === null) {
    if (port === null && username === null && password === null) return null;
    throw invalidUri({
      message: 'Invalid connection string: proxyPort, proxyUsername and proxyPassword require proxyHost.',
      remedy: 'Set proxyHost, or remove the other proxy options.',
    });
  }
  if ((username === null) !== (password === null)) {
    throw invalidUri({
      message:
        'Invalid connection string: a proxy requires both proxyUsername and proxyPassword, or neither.',
      remedy: 'Set both options, or remove both.',
    });
  }
  const written = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return {
    ...readHost(`${written}:${port ?? DEFAULT_PROXY_PORT}`),
    username,
    password: password === null ? null : new Secret(password),
  };
}

function userWarnings({ username }: ParsedUri): Warning[] {
  if (username === '') return [];
  return [
    {
      code: 'mongo.uri.user-ignored',
      message:
        'The user name in the connection string is ignored: the server determines the user from the login.',
      remedy: 'Remove the user name from the connection string.',
    },
  ];
}

function authSourceWarnings(options: UriOptions): Warning[] {
  const source = options.get('authSource');
  if (source === null || source === '$external') return [];
  return [
    {
      code: 'mongo.uri.auth-source-ignored',
      message: `authSource=${source} is ignored: MONGODB-OIDC and MONGODB-AWS authenticate against $external.`,
      remedy: 'Remove authSource from the connection string.',
    },
  ];
}

/**
 * Rejects options that make drivers fail at startup, even if fedctl does not need these options.
 *
 * @throws FedctlError mongo.uri-invalid
 */
function refuseWhatDriversRefuse(options: UriOptions): void {
  const tls = options.get('tls');
  const ssl = options.get('ssl');
  if (tls !== null && ssl !== null && tls !== ssl) {
    throw invalidUri({
      message: 'Invalid connection string: tls and ssl contradict each other.',
      likelyCause: 'tls and ssl are two names of the same option.',
      remedy: 'Keep tls, and remove ssl.',
    });
  }
  const properties = new CommaAndColonSeparatedRecord(options.get('authMechanismProperties'));
  const environment = properties.get('ENVIRONMENT');
  if (environment !== undefined && !ENVIRONMENTS.some((known) => known === environment)) {
    throw invalidUri({
      message: `Invalid connection string: ENVIRONMENT in authMechanismProperties must be one of ${ENVIRONMENTS.join(', ')}.`,
      likelyCause: 'Drivers accept only these names, in lowercase.',
      remedy: 'For a token in a file, use ENVIRONMENT:k8s. Otherwise, remove authMechanismProperties.',
    });
  }
  if (/^(?:azure|gcp)$/.test(environment ?? '') && !properties.get('TOKEN_RESOURCE')) {
    throw invalidUri({
      message: `Invalid connection string: ENVIRONMENT:${environment} in authMechanismProperties requires TOKEN_RESOURCE.`,
      likelyCause:
        'Drivers request a token from the metadata service of this cloud. TOKEN_RESOURCE is the audience of the token.',
      remedy: 'For a token in a file, use ENVIRONMENT:k8s. Otherwise, add TOKEN_RESOURCE:<audience>.',
    });
  }
}

function propertyWarnings(options: UriOptions): Warning[] {
  const properties = new CommaAndColonSeparatedRecord(options.get('authMechanismProperties'));
  // Warnings contain no values, because AWS_SESSION_TOKEN is a secret. If a value contains a comma, the text
  // after the comma looks like a property name. So warnings contain known names only.
  const names = [...properties.keys()].map((name) =>
    PROPERTIES.find((known) => known === name.toUpperCase()),
  );
  return [...new Set(names)].map((name) => ({
    code: 'mongo.uri.property-ignored',
    message: `${name ?? 'A property'} in authMechanismProperties is ignored: fedctl provides the token or the credentials itself.`,
    remedy:
      name === 'ENVIRONMENT'
        ? 'To log in with the token file of an application, use --token-file <file>.'
        : `Remove ${name ?? 'authMechanismProperties'} from the connection string.`,
  }));
}
