/** The names and codes of the errors that the lab's server can return (facts/mongodb.md 1.2). */
const CODES = {
  InternalError: 1,
  BadValue: 2,
  HostUnreachable: 6,
  HostNotFound: 7,
  FailedToParse: 9,
  UserNotFound: 11,
  Unauthorized: 13,
  TypeMismatch: 14,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  UnknownReplWriteConcern: 79,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  UnsatisfiableWriteConcern: 100,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  PrimarySteppedDown: 189,
  InvalidIndexSpecificationOption: 197,
  TransactionTooOld: 225,
  AmbiguousIndexKeyPattern: 240,
  NotImplemented: 238,
  ConversionFailure: 241,
  FailPointSetFailed: 266,
  APIVersionError: 322,
  APIStrictError: 323,
  MechanismUnavailable: 334,
  UnsupportedOpQueryCommand: 352,
  ReauthenticationRequired: 391,
  AtlasError: 8000,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  InterruptedDueToReplStateChange: 11602,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
} as const;

/**
 * The names of the error codes that the lab returns only if a fail point specifies them. Drivers and driver tests
 * handle these codes.
 *
 * @see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  4: 'NoSuchKey',
  8: 'UnknownError',
  10: 'CannotMutateObject',
  12: 'UnsupportedFormat',
  15: 'Overflow',
  22: 'InvalidBSON',
  23: 'AlreadyInitialized',
  24: 'LockTimeout',
  31: 'RoleNotFound',
  46: 'LockBusy',
  51: 'ManualInterventionRequired',
  61: 'ShardKeyNotFound',
  64: 'WriteConcernTimeout',
  65: 'MultipleErrorsOccurred',
  68: 'IndexAlreadyExists',
  70: 'ShardNotFound',
  71: 'ReplicaSetNotFound',
  74: 'NodeNotFound',
  75: 'WriteConcernLegacyOK',
  76: 'NoReplicationEnabled',
  90: 'CallbackCanceled',
  93: 'InvalidReplicaSetConfig',
  94: 'NotYetInitialized',
  95: 'NotSecondary',
  96: 'OperationFailed',
  101: 'OutdatedClient',
  107: 'LockFailed',
  109: 'ConfigurationInProgress',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  116: 'DocTooLargeForCapped',
  117: 'ConflictingOperationInProgress',
  121: 'DocumentValidationFailure',
  123: 'NotAReplicaSet',
  125: 'CommandFailed',
  133: 'FailedToSatisfyReadPreference',
  134: 'ReadConcernMajorityNotAvailableYet',
  136: 'CappedPositionLost',
  141: 'SSLHandshakeFailed',
  143: 'CursorInUse',
  146: 'ExceededMemoryLimit',
  148: 'ReadConcernMajorityNotEnabled',
  150: 'StaleEpoch',
  160: 'MaxStalenessOutOfRange',
  166: 'CommandNotSupportedOnView',
  167: 'OptionNotSupportedOnView',
  175: 'QueryPlanKilled',
  187: 'LinearizableReadConcernError',
  188: 'IncompatibleServerVersion',
  192: 'FailPointEnabled',
  202: 'NetworkInterfaceExceededTimeLimit',
  206: 'NoSuchSession',
  211: 'KeyNotFound',
  214: 'AuthenticationRestrictionUnmet',
  215: 'DatabaseDropPending',
  216: 'ElectionInProgress',
  217: 'IncompleteTransactionHistory',
  222: 'CloseChangeStream',
  226: 'AtomicityFailure',
  230: 'DNSHostNotFound',
  234: 'RetryChangeStream',
  235: 'InternalErrorNotSupported',
  237: 'CursorKilled',
  239: 'SnapshotTooOld',
  246: 'SnapshotUnavailable',
  249: 'StaleDbVersion',
  250: 'StaleChunkHistory',
  251: 'NoSuchTransaction',
  256: 'TransactionCommitted',
  257: 'TransactionTooLarge',
  260: 'InvalidResumeToken',
  261: 'TooManyLogicalSessions',
  262: 'ExceededTimeLimit',
  263: 'OperationNotSupportedInTransaction',
  267: 'PreparedTransactionInProgress',
  272: 'MigrationConflict',
  276: 'IndexBuildAborted',
  279: 'ClientDisconnect',
  280: 'ChangeStreamFatalError',
  286: 'ChangeStreamHistoryLost',
  290: 'TransactionExceededLifetimeLimitSeconds',
  291: 'NoQueryExecutionPlans',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  301: 'DataCorruptionDetected',
  303: 'SplitHorizonChange',
  314: 'ObjectIsBusy',
  317: 'ConnectionPoolExpired',
  324: 'APIDeprecationError',
  346: 'ChangeStreamInvalidated',
  347: 'APIMismatchError',
  354: 'LoadBalancerSupportMismatch',
  355: 'InterruptedDueToStorageChange',
  357: 'InvalidBSONType',
  365: 'TemporarilyUnavailable',
  371: 'UserWritesBlocked',
  384: 'ConnectionError',
  388: 'TransactionTooLargeForCache',
  390: 'InvalidSignature',
  392: 'InvalidJWT',
  398: 'StreamTerminated',
  402: 'ResourceExhausted',
  407: 'PooledConnectionAcquisitionExceededTimeLimit',
  433: 'AdmissionQueueOverflow',
  449: 'RateLimitExceeded',
  10058: 'LegacyNotPrimary',
  11601: 'Interrupted',
  13388: 'StaleConfig',
};

/** The name of an error code. A code without a name is written as `Location<code>`. */
export type CodeName = keyof typeof CODES | `Location${number}`;

/** Returns MongoDB's name for an error code. Returns `Location<code>` for a code without a name. */
export function nameOfCode(code: number): string {
  const own = Object.entries(CODES).find(([, known]) => known === code)?.[0];
  return own ?? OTHER_NAMES[code] ?? `Location${code}`;
}

function codeOf(name: CodeName): number {
  return name in CODES ? CODES[name as keyof typeof CODES] : Number(name.slice('Location'.length));
}

/** An error of a command, with the fields of the error reply. The server converts every CommandError to a reply. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: CodeName;
  /** Additional fields of the error reply, for example the duplicate key. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(codeName: CodeName, message: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = codeOf(codeName);
    this.codeName = codeName;
    this.extra = extra;
  }

  toReply(): Record<string, unknown> {
    return { ok: 0, errmsg: this.message, code: this.code, codeName: this.codeName, ...this.extra };
  }
}
