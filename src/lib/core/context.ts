import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Atlas, AtlasSettings } from '../ports/atlas.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import type { Mongo } from '../ports/mongo.ts';
import type { Fetch } from './fetch.ts';
import type { Redactor } from './redactor.ts';
import type { ServerClocks } from './server-clocks.ts';

/** An output stream with the terminal properties that fedctl reads. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
};

export type InputStream = Readable & { readonly isTTY?: boolean };

/**
 * Resolves host names to addresses and looks up DNS records. Throws the same errors as Node.js (`code:
 * ENOTFOUND` …).
 */
export interface Resolver {
  addresses(host: string): Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
  srv(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>;
  txt(name: string): Promise<readonly string[]>;
}

export type Adapter = 'aws' | 'mongo' | 'atlas' | 'fetch';

/**
 * The environment of a run: clock, variables, streams, network, adapters. The library accesses the
 * environment only through this object. Tests can therefore use an object in memory. Reading a property loads
 * no modules.
 */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** The version of this package. */
  readonly version: string;
  /** The command that starts fedctl: the interpreter and the script. */
  readonly self: readonly string[];
  /** The process ID, used in names of temporary files and by the lab. */
  readonly pid: number;
  now(): Date;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Sends an HTTP request. Uses the settings in HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE. Requests to loopback
   * addresses never use the proxy.
   */
  readonly fetch: Fetch;
  /** The clocks of the servers that responded to `fetch` or to an AWS SDK client. */
  readonly clocks: ServerClocks;
  /** Removes secrets from all output. Each secret must be registered before its use. */
  readonly redactor: Redactor;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Fires on Ctrl-C, SIGTERM and SIGHUP. Its reason is an Interruption. */
  readonly signal: AbortSignal;
  /**
   * Calls `handle` for each process signal, including SIGQUIT, SIGUSR1 and SIGUSR2. Until the returned function is
   * called, process signals do not abort the property `signal`.
   */
  passSignals(handle: (name: NodeJS.Signals) => void): () => void;
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  readonly resolver: Resolver;
  /** Loads the modules of adapters in advance. Measured times then do not include the loading. */
  load(adapters: readonly Adapter[]): Promise<void>;
  aws(settings: AwsSettings): Promise<Aws>;
  mongo(): Promise<Mongo>;
  atlas(settings: AtlasSettings): Promise<Atlas>;
}
