/**
 * Message lengths in bytes: the shortest is a header alone; the longest is maxMessageSizeBytes plus room for
 * the header.
 */
const SHORTEST = 16;
const LONGEST = 48_000_000 + 16_384;
/** The opcode of a compressed message (OP_COMPRESSED). */
const OP_COMPRESSED = 2012;

/** The error for data that is not a MongoDB response. */
export class StrangeAnswer extends Error {
  readonly protocol: 'HTTP' | 'TLS' | 'OP_COMPRESSED';

  constructor(protocol: StrangeAnswer['protocol']) {
    super(`the server responded with ${protocol}`);
    this.name = 'StrangeAnswer';
    this.protocol = protocol;
  }
}

let guarded: Promise<void> | null = null;

/**
 * Makes the driver reject messages with an impossible length. Otherwise, the driver (7.9.0) accepts a length
 * of 0 as a complete message, repeatedly, until the process runs out of memory. If a web server responds, the
 * driver waits for 2 GiB, because it reads the first bytes of HTTP as a length. An attacker needs no login
 * for either.
 *
 * Also rejects compressed messages, because the driver would decompress them without a limit. A server
 * compresses only with algorithms that the client offers, and fedctl offers none.
 */
export function guardFrames(): Promise<void> {
  guarded ??= guard();
  return guarded;
}

async function guard(): Promise<void> {
  const { SizedMessageTransform } = await import('mongodb/lib/cmap/connection.js');
  const transform = SizedMessageTransform.prototype._transform;
  const seen = new WeakSet<object>();
  SizedMessageTransform.prototype._transform = function (chunk, encoding, callback) {
    if (!seen.has(this)) {
      seen.add(this);
      const strange = strangeAnswer(chunk);
      if (strange !== null) {
        callback(strange);
        return;
      }
      const { bufferPool } = this;
      const next = bufferPool.getInt32.bind(bufferPool);
      // The driver rejects a negative length.
      bufferPool.getInt32 = () => {
        const length = next();
        return length !== null && (length < SHORTEST || length > LONGEST) ? -1 : length;
      };
      const push = this.push.bind(this);
      this.push = (message: Buffer | null) => {
        if (message?.readInt32LE(12) === OP_COMPRESSED) throw new StrangeAnswer('OP_COMPRESSED');
        return push(message);
      };
    }
    try {
      transform.call(this, chunk, encoding, callback);
    } catch (error) {
      if (!(error instanceof StrangeAnswer)) throw error;
      callback(error);
    }
  };
}

function strangeAnswer(first: Buffer): StrangeAnswer | null {
  if (first.toString('latin1', 0, 5) === 'HTTP/') return new StrangeAnswer('HTTP');
  // A TLS record (SSL 3 or later) of type alert with a length of two bytes (RFC 8446, 5.1 and 6).
  const isAlert = first.length >= 5 && first[0] === 0x15 && first[1] === 3 && first.readUInt16BE(3) === 2;
  return isAlert ? new StrangeAnswer('TLS') : null;
}
