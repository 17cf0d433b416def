/**
 * The minimum and maximum length of a message, in bytes. The shortest message is only a header. The maximum
 * length is maxMessageSizeBytes (48 MB) plus 16 KiB, which is more than enough for the header.
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
 * Makes the driver reject messages with an impossible length. Without this function, the driver (7.9.0)
 * treats a length of 0 as an empty message, and repeats this at the same position until the process runs out
 * of memory. If a web server responds, the driver interprets the first bytes of the HTTP response as a length
 * and waits for 2 GiB of data. An attacker does not need a login to cause these problems.
 *
 * Also rejects compressed messages, because the driver would decompress them without a size limit. fedctl
 * offers no compression algorithms, so a MongoDB server never compresses messages.
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
      // Returns -1 for an impossible length, because the driver rejects negative lengths.
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
  // A TLS alert is a record of type 0x15 with version 3.x and a length of two bytes (RFC 8446, 5.1 and 6).
  const isAlert = first.length >= 5 && first[0] === 0x15 && first[1] === 3 && first.readUInt16BE(3) === 2;
  return isAlert ? new StrangeAnswer('TLS') : null;
}
