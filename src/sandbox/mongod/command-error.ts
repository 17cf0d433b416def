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
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  FailPointSetFailed: 178,
  PrimarySteppedDown: 189,
  TransactionTooOld: 225,
  NotImplemented: 238,
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
  Location40414: 40414,
} as const;

export type CodeName = keyof typeof CODES;

/** MongoDB's name of a code; `Location<code>` for one without a name. */
export function nameOfCode(code: number): string {
  return Object.entries(CODES).find(([, known]) => known === code)?.[0] ?? `Location${code}`;
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
    this.code = CODES[codeName];
    this.codeName = codeName;
    this.extra = extra;
  }

  toReply(): Record<string, unknown> {
    return { ok: 0, errmsg: this.message, code: this.code, codeName: this.codeName, ...this.extra };
  }
}
