/** What a server announces as maxMessageSizeBytes, and the most it buffers for one message. */
export const MAX_MESSAGE = 48_000_000;
export const HEADER_SIZE = 16;

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;

/** Bytes that are no message of the wire protocol: the connection cannot go on. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Cuts a stream of bytes into whole messages, however the network cut it before. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /**
   * Takes what arrived.
   *
   * @returns the messages that are whole now, headers included
   * @throws WireError when a length is impossible or an operation unknown; nothing is buffered for it
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
    // Known before the rest is waited for: the hello of a TLS client would pass for a length of many megabytes.
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
    // Only when the length itself was cut apart: joining is cheap then, and done once.
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
