/** The codes that the lab's server answers with, under MongoDB's own names (facts/mongodb.md 1.2). */
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
  FailPointSetFailed: 178,
  PrimarySteppedDown: 189,
  InvalidIndexSpecificationOption: 197,
  TransactionTooOld: 225,
  AmbiguousIndexKeyPattern: 240,
  NotImplemented: 238,
  ConversionFailure: 241,
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

/** A code without a name goes by its number. */
export type CodeName = keyof typeof CODES | `Location${number}`;

/** MongoDB's name of a code; `Location<code>` for one without a name. */
export function nameOfCode(code: number): string {
  return Object.entries(CODES).find(([, known]) => known === code)?.[0] ?? `Location${code}`;
}

function codeOf(name: CodeName): number {
  return name in CODES ? CODES[name as keyof typeof CODES] : Number(name.slice('Location'.length));
}

/** A command's refusal as the wire carries it. It never leaves this room: every one becomes a reply. */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: CodeName;
  /** What a reply says beside the text: the key of a duplicate, for example. */
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
