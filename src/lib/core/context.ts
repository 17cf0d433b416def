import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Atlas, AtlasSettings } from '../ports/atlas.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import type { Mongo } from '../ports/mongo.ts';
import type { Fetch } from './fetch.ts';
import type { Redactor } from './redactor.ts';

/** What fedctl needs from stdout and stderr in addition to writing. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
};

export type InputStream = Readable & { readonly isTTY?: boolean };

/** Resolves names to addresses and records. Errors are those of Node.js (`code: ENOTFOUND` …). */
export interface Resolver {
  addresses(host: string): Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
  srv(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>;
  txt(name: string): Promise<readonly string[]>;
}

export type Adapter = 'aws' | 'mongo' | 'atlas' | 'fetch';

/**
 * Everything of the outside world that a run can use. The library reads no clock, environment or global
 * directly, so a test can build a Context in memory. Reading a property loads no modules: expensive work is
 * behind functions.
 */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** The version of this package. */
  readonly version: string;
  /** The argv that starts this fedctl again: interpreter and script. */
  readonly self: readonly string[];
  /** The id of this process, for names of temporary files and for the lab. */
  readonly pid: number;
  now(): Date;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Honours HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE; loopback is always direct. */
  readonly fetch: Fetch;
  /** Learns each secret before it is used, and removes it from all output. */
  readonly redactor: Redactor;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Fires on Ctrl-C, SIGTERM and SIGHUP; its reason is an Interruption. */
  readonly signal: AbortSignal;
  /**
   * Passes the signals of this process to `handle`, including SIGQUIT, SIGUSR1 and SIGUSR2. `signal` does not
   * fire until the returned function is called.
   */
  passSignals(handle: (name: NodeJS.Signals) => void): () => void;
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  readonly resolver: Resolver;
  /** Loads the modules of adapters in advance, so that time measurements do not include loading. */
  load(adapters: readonly Adapter[]): Promise<void>;
  aws(settings: AwsSettings): Promise<Aws>;
  mongo(): Promise<Mongo>;
  atlas(settings: AtlasSettings): Promise<Atlas>;
}
