import type { ChildProcess } from 'node:child_process';
import type { Address } from './command-network.ts';

/** A request to bin/isolated.js, the script that runs in the separate Linux namespaces. */
export interface KeeperRequest extends Address {
  readonly kind: 'tcp' | 'udp' | 'worker';
  readonly source?: string;
}

/** The result of a program that has ended. */
export interface ProgramEnd {
  readonly code: number | null;
  /** The standard error of the program. */
  readonly stderr: string;
  /** The reason why the program could not start; null if the program started. */
  readonly cause: NodeJS.ErrnoException | null;
}

interface Pending {
  readonly resolve: (handle: unknown) => void;
  readonly reject: (end: Error) => void;
}

/** The ID of the first message, which reports that the namespaces are ready. */
const READY = 0;

/** A child process that keeps the namespaces open. It always ends when this process ends. */
export class Keeper {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<unknown>;
  /** Resolves when the namespaces are ready. Rejects if the child process exits first. */
  readonly ready: Promise<unknown>;
  #last = READY;

  /**
   * @param child a process with an IPC channel and a pipe for stderr
   * @param failure returns the error to throw if the process ends too early
   */
  constructor(child: ChildProcess, failure: (end: ProgramEnd) => Promise<Error>) {
    this.#child = child;
    this.ready = this.#reported(READY);
    child.on('message', ({ id, error }: { readonly id: number; readonly error?: string }, handle) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(handle);
      else pending?.reject(new Error(error));
    });
    this.#ended = endOf(child).then(async (end) => {
      const error = await failure(end);
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Opens a TCP server or a UDP socket in the namespaces, or starts a worker thread there.
   *
   * @returns the server or the socket, which this process must close; undefined for a worker thread
   */
  ask(request: KeeperRequest): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const reported = this.#reported(id);
    this.#child.send({ ...request, id }, (error) => {
      if (error !== null) this.#pending.get(id)?.reject(error);
    });
    return reported;
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #reported(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }
}

/** Waits until a program ends. Its stderr must be a pipe. */
export async function endOf(child: ChildProcess): Promise<ProgramEnd> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return await new Promise((resolve) => {
    child.once('error', (cause) => {
      if (child.pid === undefined) resolve({ code: null, stderr, cause });
    });
    child.once('close', (code) => resolve({ code, stderr, cause: null }));
  });
}
