import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BSON, type Document } from 'bson';

/** A wire protocol client that sends exactly the bytes of a test. */
export class WireClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #waiting: (() => void)[] = [];
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async connect(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new WireClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Sends a command as OP_MSG and reads its reply. */
  async command(body: Document, database = 'admin'): Promise<Document> {
    this.socket.write(opMsg({ ...body, $db: database }));
    return await this.reply();
  }

  /** Reads the next reply. */
  async reply(): Promise<Document> {
    for (;;) {
      const length = this.#received.length >= 4 ? this.#received.readInt32LE(0) : Number.POSITIVE_INFINITY;
      if (this.#received.length >= length) {
        const frame = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        const isMsg = frame.readInt32LE(12) === 2013;
        return BSON.deserialize(frame.subarray(isMsg ? 21 : 36), { promoteValues: true });
      }
      if (this.closed) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves when the server has closed the connection. */
  async end(): Promise<void> {
    while (!this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A message with any operation code. */
export function frame(opCode: number, payload: Uint8Array, length: number = 16 + payload.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(7, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, payload]);
}

/** An OP_MSG with flags, body and document sequences. */
export function opMsg(
  body: Document,
  { flags = 0, sequences = {} }: { flags?: number; sequences?: Record<string, Document[]> } = {},
): Buffer {
  const flagBits = Buffer.alloc(4);
  flagBits.writeUInt32LE(flags, 0);
  const sections = [Buffer.from([0]), BSON.serialize(body)];
  for (const [name, documents] of Object.entries(sequences)) sections.push(sequence(name, documents));
  return frame(2013, Buffer.concat([flagBits, ...sections]));
}

function sequence(name: string, documents: readonly Document[]): Buffer {
  const content = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((document) => BSON.serialize(document)),
  ]);
  const header = Buffer.alloc(5);
  header.writeUInt8(1, 0);
  header.writeInt32LE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

/** An OP_QUERY on `admin.$cmd`, which old clients use for hello. */
export function opQuery(query: Document, namespace = 'admin.$cmd'): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeInt32LE(-1, 4);
  return frame(
    2004,
    Buffer.concat([Buffer.alloc(4), Buffer.from(`${namespace}\0`), numbers, BSON.serialize(query)]),
  );
}
