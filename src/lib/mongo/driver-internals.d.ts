/**
 * The parts of the internal driver modules (7.9.0) that fedctl uses. The driver package contains no types for
 * these modules.
 */
declare module 'mongodb/lib/cmap/connect.js' {
  import type { MongoClientOptions } from 'mongodb';

  export interface ConnectOptions {
    readonly hostAddress: { readonly host?: string; readonly port?: number };
    readonly lookup?: MongoClientOptions['lookup'];
  }

  const driver: {
    connect(options: ConnectOptions): Promise<unknown>;
    makeSocket(options: ConnectOptions): Promise<unknown>;
  };
  export default driver;
}

declare module 'mongodb/lib/cmap/auth/mongodb_aws.js' {
  import type { MongoClientOptions } from 'mongodb';

  type Message = Readonly<Record<string, unknown>>;

  export interface AuthContext {
    connection: { command(namespace: unknown, command: Message, options: unknown): Promise<Message> };
    readonly options: { readonly lookup?: MongoClientOptions['lookup'] };
  }

  export class MongoDBAWS {
    auth(context: AuthContext): Promise<void>;
  }
}

declare module 'mongodb/lib/cmap/connection.js' {
  import type { Transform } from 'node:stream';

  export class SizedMessageTransform extends Transform {
    readonly bufferPool: {
      /** Returns the next four bytes as a little-endian number; null if fewer than four bytes are left. */
      getInt32(): number | null;
    };
    override _transform(
      chunk: Buffer,
      encoding: BufferEncoding,
      callback: (error?: Error | null) => void,
    ): void;
  }
}
