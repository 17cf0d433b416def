import { Double } from 'bson';
import { type Document, decodeOrdered, encodeDocument, recordOf, type TypedDocument } from './bson-codec.ts';
import { crc32c } from './crc32c.ts';
import { HEADER_SIZE, OP_MSG, OP_REPLY, WireError } from './frames.ts';

const CHECKSUM_PRESENT = 1 << 0;
const MORE_TO_COME = 1 << 1;
/**
 * The flag bits from 0 to 15 that the server knows. The server rejects a message in which an unknown bit from 0 to 15
 * is set, because this bit can change the meaning of the message.
 */
const KNOWN_REQUIRED_BITS = CHECKSUM_PRESENT | MORE_TO_COME;

/** A command from an OP_MSG or OP_QUERY message. */
export interface CommandMessage {
  readonly requestId: number;
  /**
   * The operation of the request: OP_MSG or OP_QUERY. Old clients send hello as OP_QUERY. The reply to OP_QUERY has a
   * different format.
   */
  readonly form: 'msg' | 'query';
  readonly database: string;
  readonly document: Document;
  /** The fields of the document as a plain object. */
  readonly body: TypedDocument;
  /** The reason why the document cannot be stored unchanged; null if the document can be stored unchanged. */
  readonly inexact: string | null;
  /** True if the client expects no reply. */
  readonly moreToCome: boolean;
}

/**
 * Parses a complete message (facts/mongodb.md 4.1).
 *
 * @throws WireError if the message is not a well-formed OP_MSG or OP_QUERY
 */
export function parseMessage(frame: Buffer): CommandMessage {
  const requestId = frame.readInt32LE(4);
  try {
    return frame.readInt32LE(12) === OP_MSG ? parseMsg(frame, requestId) : parseQuery(frame, requestId);
  } catch (error) {
    if (error instanceof WireError) throw error;
    // Either the BSON is invalid, or the message is too short.
    throw new WireError(`invalid message: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
}

/** Encodes the reply to `message` in the format of the request. */
export function encodeReply(message: CommandMessage, replyId: number, reply: TypedDocument): Buffer {
  // `ok` is a double, as in mongod. An int is shorter, and some drivers rely on the exact size of mongod's reply.
  const document = encodeDocument({ ...reply, ok: new Double(Number(reply['ok'])) });
  if (message.form === 'query') {
    const fields = Buffer.alloc(20);
    // Sets the flag AwaitCapable, as mongod does.
    fields.writeInt32LE(8, 0);
    fields.writeInt32LE(1, 16);
    return withHeader(OP_REPLY, replyId, message.requestId, [fields, document]);
  }
  // The reply contains four bytes of flags and one section. The flags and the kind of the section are 0.
  return withHeader(OP_MSG, replyId, message.requestId, [Buffer.alloc(5), document]);
}

function withHeader(opCode: number, id: number, responseTo: number, parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeInt32LE(
    parts.reduce((sum, part) => sum + part.length, HEADER_SIZE),
    0,
  );
  header.writeInt32LE(id, 4);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, ...parts]);
}

function parseMsg(frame: Buffer, requestId: number): CommandMessage {
  const flags = frame.readUInt32LE(HEADER_SIZE);
  const unknown = flags & 0xffff & ~KNOWN_REQUIRED_BITS;
  if (unknown !== 0) throw new WireError(`OP_MSG has unknown flags: 0x${unknown.toString(16)}`);
  const sections = new SectionReader(withoutChecksum(frame, (flags & CHECKSUM_PRESENT) !== 0));
  let body: Document | null = null;
  const sequences = new Map<string, Document[]>();
  while (!sections.atEnd) {
    const kind = sections.byte();
    if (kind === 0) {
      if (body !== null) throw new WireError('OP_MSG has two bodies');
      body = sections.document();
    } else if (kind === 1) {
      const { name, documents } = sections.sequence();
      if (sequences.has(name)) throw new WireError('OP_MSG contains a document sequence twice');
      sequences.set(name, documents);
    } else {
      throw new WireError(`OP_MSG has a section of unknown kind ${kind}`);
    }
  }
  if (body === null) throw new WireError('OP_MSG has no body');
  for (const [name, documents] of sequences) {
    if (body.has(name))
      throw new WireError('OP_MSG contains the same field in its body and in a document sequence');
    body.set(name, documents);
  }
  const database = body.get('$db');
  if (typeof database !== 'string') throw new WireError('OP_MSG has no $db');
  const { inexact } = sections;
  return {
    requestId,
    form: 'msg',
    database,
    ...contents(body),
    inexact,
    moreToCome: (flags & MORE_TO_COME) !== 0,
  };
}

/** Returns the document of a command as a Map and as a plain object. */
function contents(document: Document): Pick<CommandMessage, 'document' | 'body'> {
  let body: TypedDocument | null = null;
  return {
    document,
    get body() {
      body ??= recordOf(document);
      return body;
    },
  };
}

function withoutChecksum(frame: Buffer, present: boolean): Buffer {
  if (!present) return frame.subarray(HEADER_SIZE + 4);
  const end = frame.length - 4;
  if (end < HEADER_SIZE + 4) throw new WireError('OP_MSG is too short for its checksum');
  if (frame.readUInt32LE(end) !== crc32c(frame.subarray(0, end))) {
    throw new WireError('the checksum of OP_MSG is wrong');
  }
  return frame.subarray(HEADER_SIZE + 4, end);
}

function parseQuery(frame: Buffer, requestId: number): CommandMessage {
  const fields = new SectionReader(frame.subarray(HEADER_SIZE + 4));
  const namespace = fields.cstring();
  // Skips the fields numberToSkip and numberToReturn.
  fields.skip(8);
  const query = fields.document();
  const wrapped = query.get('$query');
  if (!namespace.endsWith('.$cmd')) throw new WireError('OP_QUERY on a collection is not supported');
  return {
    requestId,
    form: 'query',
    database: namespace.slice(0, -'.$cmd'.length),
    // If a driver adds a read preference, the command is in the field `$query`.
    ...contents(wrapped instanceof Map ? wrapped : query),
    inexact: fields.inexact,
    moreToCome: false,
  };
}

/** Reads the parts of a message one after the other. Throws a WireError if the message is too short. */
class SectionReader {
  readonly #bytes: Buffer;
  #at = 0;
  /** The first reason why a document cannot be stored unchanged; null if all documents can be stored unchanged. */
  inexact: string | null = null;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#next(1).readUInt8(0);
  }

  skip(count: number): void {
    this.#next(count);
  }

  cstring(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end === -1) throw new WireError('a string has no null terminator');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  document(): Document {
    return decodeOrdered(this.#sized(5), this.#note);
  }

  sequence(): { readonly name: string; readonly documents: Document[] } {
    const inner = new SectionReader(this.#sized(5).subarray(4));
    const name = inner.cstring();
    const documents: Document[] = [];
    while (!inner.atEnd) documents.push(inner.document());
    this.inexact ??= inner.inexact;
    return { name, documents };
  }

  readonly #note = (reason: string): void => {
    this.inexact ??= reason;
  };

  /**
   * Returns the bytes of the next BSON document or section. The first four bytes contain the total length, which
   * includes these four bytes.
   */
  #sized(least: number): Buffer {
    if (this.#bytes.length - this.#at < 4) throw new WireError('a section is truncated');
    const size = this.#bytes.readInt32LE(this.#at);
    if (size < least) throw new WireError(`invalid section length: ${size} bytes`);
    return this.#next(size);
  }

  #next(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new WireError('a section is truncated');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
