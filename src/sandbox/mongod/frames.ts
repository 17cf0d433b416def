/** The value of maxMessageSizeBytes in hello, and the maximum that is buffered for one message, in bytes. */
export const MAX_MESSAGE = 48_000_000;
export const HEADER_SIZE = 16;

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;

/** The received bytes are not a valid wire protocol message, so the connection must be closed. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Splits a stream of bytes into complete messages, independent of the chunks in which the bytes arrive. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /**
   * Adds received bytes.
   *
   * @returns the messages that are now complete, including their headers
   * @throws WireError for an invalid length or an unknown operation, before any of the message is buffered
   */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Buffer[] = [];
    for (
      let length = this.#nextLength();
      length !== null && this.#size >= length;
      length = this.#nextLength()
    ) {
      frames.push(this.#take(length));
    }
    return frames;
  }

  #nextLength(): number | null {
    if (this.#size < 4) return null;
    const length = this.#peek(4).readInt32LE(0);
    if (length < HEADER_SIZE || length > MAX_MESSAGE) {
      throw new WireError(`a message cannot be ${length} bytes long`);
    }
    // Checked before the rest of the message arrives: the first bytes of a TLS ClientHello look like a length of many
    // megabytes.
    if (this.#size < HEADER_SIZE) return null;
    const opCode = this.#peek(HEADER_SIZE).readInt32LE(12);
    if (opCode !== OP_MSG && opCode !== OP_QUERY) {
      throw new WireError(`the operation ${opCode} is not supported`);
    }
    return length;
  }

  #peek(count: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= count) return first;
    // Only when the length itself is split across chunks. The chunks are small then, and joined once.
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #take(count: number): Buffer {
    const joined = this.#chunks.length === 1 ? this.#peek(count) : Buffer.concat(this.#chunks);
    const rest = joined.subarray(count);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return joined.subarray(0, count);
  }
}
