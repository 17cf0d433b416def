import { nearest } from '../core/nearest.ts';
import { invalidUri } from './invalid-uri.ts';

interface OptionRule {
  readonly value: keyof typeof ACCEPTED;
  /**
   * `read`: fedctl reads the option and configures the driver itself. `driver`: fedctl passes the option to
   * the driver unchanged. `unused`: fedctl accepts and ignores the option, because several programs can use
   * the same connection string.
   */
  readonly use: 'read' | 'driver' | 'unused';
  /** True if the value is a secret. fedctl never shows the value. */
  readonly secret?: true;
}

/**
 * The supported options: the options in the MongoDB specifications (URI options, authentication, SRV, SOCKS5,
 * compression), the options in the manual that only some drivers support, and tlsCRLFile. fedctl rejects all
 * other options, because an option of a single driver can weaken security. For example, the Node.js driver accepts
 * the options of `tls.connect`, which can change which certificates TLS trusts.
 *
 * @see https://github.com/mongodb/specifications/blob/master/source/uri-options/uri-options.md
 */
const OPTIONS = {
  appName: { value: 'text', use: 'unused' },
  authMechanism: { value: 'text', use: 'read' },
  authMechanismProperties: { value: 'properties', use: 'read', secret: true },
  authSource: { value: 'text', use: 'read' },
  // fedctl does not use compression, because fedctl sends only small messages and decompression can be
  // attacked.
  compressors: { value: 'compressors', use: 'unused' },
  connectTimeoutMS: { value: 'natural', use: 'unused' },
  directConnection: { value: 'boolean', use: 'driver' },
  enableOverloadRetargeting: { value: 'boolean', use: 'unused' },
  gssapiServiceName: { value: 'text', use: 'unused' },
  heartbeatFrequencyMS: { value: 'natural', use: 'driver' },
  journal: { value: 'boolean', use: 'driver' },
  loadBalanced: { value: 'boolean', use: 'driver' },
  localThresholdMS: { value: 'natural', use: 'driver' },
  maxAdaptiveRetries: { value: 'natural', use: 'unused' },
  maxConnecting: { value: 'positive', use: 'unused' },
  maxIdleTimeMS: { value: 'natural', use: 'unused' },
  maxPoolSize: { value: 'natural', use: 'unused' },
  // The value -1 means no limit.
  maxStalenessSeconds: { value: 'integer', use: 'driver' },
  minPoolSize: { value: 'natural', use: 'unused' },
  proxyHost: { value: 'text', use: 'read' },
  proxyPassword: { value: 'text', use: 'read', secret: true },
  proxyPort: { value: 'integer', use: 'read' },
  proxyUsername: { value: 'text', use: 'read', secret: true },
  readConcernLevel: { value: 'text', use: 'driver' },
  readPreference: { value: 'read preference', use: 'driver' },
  // An empty value matches all members.
  readPreferenceTags: { value: 'tags', use: 'driver' },
  replicaSet: { value: 'text', use: 'read' },
  retryReads: { value: 'boolean', use: 'unused' },
  retryWrites: { value: 'boolean', use: 'unused' },
  serverMonitoringMode: { value: 'monitoring mode', use: 'driver' },
  serverSelectionTimeoutMS: { value: 'natural', use: 'unused' },
  serverSelectionTryOnce: { value: 'boolean', use: 'unused' },
  socketTimeoutMS: { value: 'natural', use: 'unused' },
  srvMaxHosts: { value: 'integer', use: 'read' },
  srvServiceName: { value: 'text', use: 'read' },
  ssl: { value: 'boolean', use: 'read' },
  timeoutMS: { value: 'natural', use: 'unused' },
  tls: { value: 'boolean', use: 'read' },
  tlsAllowInvalidCertificates: { value: 'boolean', use: 'read' },
  tlsAllowInvalidHostnames: { value: 'boolean', use: 'read' },
  tlsCAFile: { value: 'text', use: 'read' },
  tlsCRLFile: { value: 'text', use: 'read' },
  tlsCertificateKeyFile: { value: 'text', use: 'read' },
  tlsCertificateKeyFilePassword: { value: 'text', use: 'read', secret: true },
  // Node.js never checks revocation with OCSP or CRL distribution points, so there is nothing to disable.
  tlsDisableCertificateRevocationCheck: { value: 'boolean', use: 'unused' },
  tlsDisableOCSPEndpointCheck: { value: 'boolean', use: 'unused' },
  tlsInsecure: { value: 'boolean', use: 'read' },
  uuidRepresentation: { value: 'text', use: 'unused' },
  w: { value: 'text', use: 'driver' },
  waitQueueMultiple: { value: 'natural', use: 'unused' },
  waitQueueTimeoutMS: { value: 'natural', use: 'unused' },
  wTimeoutMS: { value: 'natural', use: 'driver' },
  zlibCompressionLevel: { value: 'integer', use: 'unused' },
} as const satisfies Readonly<Record<string, OptionRule>>;

export type OptionName = keyof typeof OPTIONS;

const NAMES = new Map(names().map((name) => [name.toLowerCase(), name]));

/** Patterns for the valid values. Drivers reject a connection string that contains an invalid value. */
const ACCEPTED = {
  boolean: { pattern: /^(?:true|false)$/, expected: 'must be true or false' },
  integer: { pattern: /^-?\d+$/, expected: 'must be an integer' },
  natural: { pattern: /^\d+$/, expected: 'must be an integer, 0 or greater' },
  positive: { pattern: /^0*[1-9]\d*$/, expected: 'must be an integer, 1 or greater' },
  compressors: {
    pattern: /^(?:none|snappy|zlib|zstd)(?:,(?:none|snappy|zlib|zstd))*$/,
    expected: 'must be one or more of none, snappy, zlib and zstd, separated by commas',
  },
  'monitoring mode': { pattern: /^(?:auto|poll|stream)$/, expected: 'must be auto, poll or stream' },
  'read preference': {
    pattern: /^(?:primary|primaryPreferred|secondary|secondaryPreferred|nearest)$/,
    expected: 'must be primary, primaryPreferred, secondary, secondaryPreferred or nearest',
  },
  tags: {
    pattern: /^(?:[^:,]+:[^,]*(?:,[^:,]+:[^,]*)*)?$/,
    expected: 'must be a list of <name>:<value>, separated by commas',
  },
  properties: {
    pattern: /^[^:,]+:[^,]*(?:,[^:,]+:[^,]*)*$/,
    expected: 'must be a list of <name>:<value>, separated by commas',
  },
  text: { pattern: /./s, expected: 'requires a value' },
} as const;

/**
 * The options in a connection string by their canonical names, in the original order. Option names are not
 * case-sensitive.
 */
export class UriOptions {
  readonly #given: readonly (readonly [OptionName, string])[];

  /** @throws FedctlError mongo.uri-invalid for an option that is unknown, repeated, empty, or invalid */
  constructor(given: Iterable<readonly [name: string, value: string]>) {
    this.#given = [...given].map(([spelled, value]) => [accepted(spelled, value), value]);
    const repeated = this.#given.find(
      ([name], index) =>
        name !== 'readPreferenceTags' && this.#given.findIndex(([other]) => other === name) < index,
    );
    if (repeated === undefined) return;
    const [name] = repeated;
    throw invalidUri({
      message: `The connection string has the option ${name} more than once.`,
      likelyCause: 'The connection string was combined from two others.',
      remedy: `Keep one ${name}, and remove the others.`,
    });
  }

  get(name: OptionName): string | null {
    return this.#given.find(([each]) => each === name)?.[1] ?? null;
  }

  /** Returns the options that fedctl passes to the driver unchanged. These options contain no secrets. */
  forDriver(): readonly (readonly [OptionName, string])[] {
    return this.#given.filter(([name]) => ruleOf(name).use === 'driver');
  }

  /**
   * Returns the options, percent-encoded. Replaces each secret value with `<credentials>`, and omits the
   * authentication options.
   */
  shown(): readonly string[] {
    return this.#given
      .filter(([name]) => !name.startsWith('auth'))
      .map(([name, value]) => `${name}=${ruleOf(name).secret === true ? '<credentials>' : encoded(value)}`);
  }
}

/** Percent-encodes a value, except for characters that are common in paths. */
function encoded(value: string): string {
  return encodeURI(value).replace(/[&#+?]/g, encodeURIComponent);
}

function names(): readonly OptionName[] {
  const isName = (key: string): key is OptionName => key in OPTIONS;
  return Object.keys(OPTIONS).filter(isName);
}

function ruleOf(name: OptionName): OptionRule {
  return OPTIONS[name];
}

function accepted(spelled: string, value: string): OptionName {
  const name = NAMES.get(spelled.toLowerCase());
  if (name === undefined) throw unknownOption(spelled, value);
  const { pattern, expected } = ACCEPTED[ruleOf(name).value];
  if (pattern.test(value)) return name;
  throw invalidUri({
    message: `Invalid connection string: the option ${name} ${value === '' ? ACCEPTED.text.expected : expected}.`,
    likelyCause: 'The value is misspelled, missing, or truncated by a character that is not percent-encoded.',
    remedy: `Correct ${name} in the connection string, or remove it.`,
  });
}

function unknownOption(spelled: string, value: string): ReturnType<typeof invalidUri> {
  // An option without a value may be the rest of the previous value, if that value contains an & that is not
  // percent-encoded.
  if (value === '' || !/^\w{1,40}$/.test(spelled)) {
    return invalidUri({
      message: 'Invalid connection string: an option has no value, or its name is invalid.',
      likelyCause:
        'An option was left empty, or the value of another option has an & that is not percent-encoded.',
      remedy: 'Remove the option without a value. In the values of other options, write & as %26.',
    });
  }
  // There is no suggestion for names of one or two letters, because such short names are similar to too many
  // option names.
  const meant = spelled.length < 3 ? null : nearest(spelled, names());
  return invalidUri({
    message: `Unknown option "${spelled}" in the connection string.`,
    likelyCause:
      'fedctl accepts only documented MongoDB options. Options that are specific to a driver or to Node.js can change which servers TLS trusts.',
    remedy:
      meant === null
        ? `Remove ${spelled} from the connection string.`
        : `Write ${meant} instead of ${spelled}, or remove it.`,
    details: { option: spelled, suggestion: meant },
  });
}
