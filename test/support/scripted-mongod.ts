import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { deflateSync } from 'node:zlib';
import { Binary, type Document, deserialize, serialize } from 'bson';
import { listenOnLoopback } from './listen.ts';

/** The reaction of the server to a command: reply, send nothing, or close the connection. */
export type Act = Document | Compressed | 'silence' | 'close' | 'reset' | 'http';

/** A reply with this number of zeros, compressed even if compression was not negotiated. */
export class Compressed {
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

export type Script = Readonly<Record<string, Act | ((command: Document) => Act)>>;

export interface ScriptedMongod {
  readonly port: number;
  /** The names of the received commands, including hello. */
  readonly commands: string[];
  /** The received commands. */
  readonly received: Document[];
  /** The number of open connections. */
  connections(): number;
  /** The total number of connections so far. */
  accepted(): number;
  /** Closes every open connection, and waits until the other side has closed it too. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_MSG = 2013;
const OP_COMPRESSED = 2012;
const ZLIB = 2;
const MORE_TO_COME = 2;

export const HELLO: Document = {
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
  ok: 1,
};

/** A reply with `ok: 0`. */
export function refusal(code: number, codeName: string, errmsg: string): Document {
  return { ok: 0, code, codeName, errmsg };
}

/** A MONGODB-OIDC server that accepts every login, unless the script says otherwise. */
const FRIENDLY: Script = {
  hello: HELLO,
  saslStart: (command) =>
    command['mechanism'] === 'MONGODB-AWS'
      ? {
          conversationId: 1,
          done: false,
          payload: serverFirst(command, (nonce) => Buffer.concat([nonce, randomBytes(32)])),
          ok: 1,
        }
      : { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 },
  saslContinue: { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 },
  connectionStatus: {
    authInfo: {
      authenticatedUsers: [{ user: 'idp/arn:aws:iam::123456789012:role/app', db: '$external' }],
      authenticatedUserRoles: [{ role: 'readWrite', db: 'fedctl' }],
    },
    ok: 1,
  },
  ping: { ok: 1 },
  insert: { n: 1, ok: 1 },
  delete: { n: 1, ok: 1 },
  find: (command) => ({
    cursor: {
      id: 0n,
      ns: `${command['$db']}.${command['find']}`,
      firstBatch: [{ _id: command['filter']['_id'] }],
    },
    ok: 1,
  }),
};

/** The first reply of MONGODB-AWS. `nonceOf` derives the server nonce from the client nonce. */
export function serverFirst(saslStart: Document, nonceOf: (client: Buffer) => Buffer): Binary {
  const { r } = deserialize((saslStart['payload'] as Binary).buffer);
  const nonce = nonceOf(Buffer.from((r as Binary).buffer));
  return new Binary(serialize({ s: new Binary(nonce), h: 'sts.amazonaws.com' }));
}

/**
 * A minimal MongoDB server that handles each command exactly as its script says. It verifies nothing. Tests use it to
 * fail, send wrong replies or stop responding at one point.
 *
 * @param script the reaction by command name; `hello` includes ismaster. Other commands get a successful reply.
 * @param host the address to listen on
 */
export async function startScriptedMongod(
  script: Script = {},
  tls?: TlsOptions,
  host = '127.0.0.1',
): Promise<ScriptedMongod> {
  const commands: string[] = [];
  const received: Document[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const serve = (socket: Socket) => {
    sockets.add(socket);
    accepted += 1;
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    readMessages(socket, (message) => answer(message, socket));
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on('tlsClientError', () => {});
  const port = await listenOnLoopback(server, host);
  return {
    port,
    commands,
    received,
    connections: () => sockets.size,
    accepted: () => accepted,
    async cut() {
      await Promise.all([...sockets].map((socket) => once(socket.end(), 'close')));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };

  function answer(message: Buffer, socket: Socket): void {
    const { command, opcode, moreToCome } = readCommand(message);
    const sent = Object.keys(command)[0] ?? '';
    const name = ['ismaster', 'isMaster', 'hello'].includes(sent) ? 'hello' : sent;
    commands.push(name);
    received.push(command);
    const entry =
      script[name] ?? FRIENDLY[name] ?? refusal(59, 'CommandNotFound', `no such command: '${name}'`);
    const act = typeof entry === 'function' ? entry(command) : entry;
    if (moreToCome || act === 'silence') return;
    if (act === 'close') socket.end();
    else if (act === 'reset') socket.resetAndDestroy();
    else if (act instanceof Compressed) socket.write(compressed(act, message.readInt32LE(4)));
    else if (act === 'http') socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    else if (!socket.destroyed) socket.write(reply(act as Document, opcode, message.readInt32LE(4)));
  }
}

function readMessages(socket: Socket, take: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 16 && pending.length >= pending.readInt32LE(0)) {
      const size = pending.readInt32LE(0);
      take(pending.subarray(0, size));
      pending = pending.subarray(size);
    }
  });
}

function readCommand(message: Buffer): { command: Document; opcode: number; moreToCome: boolean } {
  const opcode = message.readInt32LE(12);
  if (opcode === OP_QUERY) {
    // flags, the namespace as a C string, skip, limit, then the document.
    const end = message.indexOf(0, 20);
    return { command: deserialize(message.subarray(end + 9)), opcode, moreToCome: false };
  }
  const flags = message.readUInt32LE(16);
  const size = message.readInt32LE(21);
  const command = deserialize(message.subarray(21, 21 + size), { promoteBuffers: false });
  return { command, opcode, moreToCome: (flags & MORE_TO_COME) !== 0 };
}

/** An incomplete message whose header announces an OP_MSG of 100 bytes. */
function compressed({ bytes }: Compressed, to: number): Buffer {
  const body = deflateSync(Buffer.alloc(bytes));
  const header = Buffer.alloc(25);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(OP_COMPRESSED, 12);
  header.writeInt32LE(OP_MSG, 16);
  header.writeInt32LE(100, 20);
  header.writeUInt8(ZLIB, 24);
  return Buffer.concat([header, body]);
}

function reply(document: Document, opcode: number, to: number): Buffer {
  const body = Buffer.from(serialize(document));
  const prefix = Buffer.alloc(opcode === OP_QUERY ? 20 : 5);
  if (opcode === OP_QUERY) {
    prefix.writeInt32LE(8, 0);
    prefix.writeInt32LE(1, 16);
  }
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + prefix.length + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(opcode === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, prefix, body]);
}
