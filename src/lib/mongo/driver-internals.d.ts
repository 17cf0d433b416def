/** What the frame guard touches of the driver (7.9.0). The package ships no types for its inner modules. */
declare module 'mongodb/lib/cmap/connection.js' {
  import type { Transform } from 'node:stream';

  export class SizedMessageTransform extends Transform {
    readonly bufferPool: {
      /** The next four bytes, little-endian; null when there are fewer. */
      getInt32(): number | null;
    };
    override _transform(
      chunk: Buffer,
      encoding: BufferEncoding,
      callback: (error?: Error | null) => void,
    ): void;
  }
}
