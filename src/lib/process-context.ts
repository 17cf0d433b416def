import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Adapter, Context } from './core/context.ts';
import { Interruption } from './core/deadline.ts';
import type { Fetch } from './core/fetch.ts';
import { localhostAddresses } from './core/hosts.ts';
import { Redactor } from './core/redactor.ts';
import { VERSION } from './version.generated.ts';

/**
 * Creates the Context of this process, with its clock and its network. No other code in src reads `process`;
 * only bin and index.ts import this.
 *
 * @param script the path of the script that starts fedctl, for `self`
 * @param signal ends the run
 * @param passSignals of `takeOverSignals`; a library leaves the signals to its host
 */
export function processContext(
  script: string,
  signal: AbortSignal,
  passSignals: Context['passSignals'] = () => () => {},
): Context {
  const context: Context = {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    version: VERSION,
    // `--` keeps Node.js from interpreting --env-file.
    self: [process.execPath, '--', script],
    pid: process.pid,
    now: () => new Date(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    fetch: loadedFetch(),
    redactor: new Redactor(),
    // A getter, like everything here that takes time or memory to load.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
    passSignals,
    spawn: (command, args, options) =>
      process.getBuiltinModule('node:child_process').spawn(command, args, options),
    resolver: {
      async addresses(host) {
        const { lookup } = await import('node:dns/promises');
        const found = localhostAddresses(host) ?? (await lookup(host, { all: true }));
        return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
      },
      async srv(name) {
        const { resolveSrv } = await import('node:dns/promises');
        return resolveSrv(name);
      },
      async txt(name) {
        const { resolveTxt } = await import('node:dns/promises');
        return (await resolveTxt(name)).map((parts) => parts.join(''));
      },
    },
    async load(adapters) {
      await Promise.all(adapters.flatMap((adapter) => MODULES[adapter]()));
    },
    async aws(settings) {
      const { createAws } = await import('./aws/aws.ts');
      return createAws(settings, context);
    },
    async mongo() {
      const { createMongo } = await import('./mongo/mongo.ts');
      return createMongo(context);
    },
    async atlas(settings) {
      const { createAtlas } = await import('./atlas/atlas.ts');
      return createAtlas(settings, context);
    },
  };
  return context;
}

/** The modules of each adapter, including those that it loads with its first request. */
const MODULES: Readonly<Record<Adapter, () => readonly Promise<unknown>[]>> = {
  aws: () => [import('./aws/aws.ts'), import('./aws/sts-client.ts')],
  mongo: () => [
    import('./mongo/mongo.ts'),
    import('./mongo/client.ts').then(({ loadDriver }) => loadDriver()),
  ],
  atlas: () => [import('./atlas/atlas.ts')],
  fetch: () => [import('./net/fetch.ts')],
};

/** Loads node:http at the first request. */
function loadedFetch(): Fetch {
  let loaded: Promise<Fetch> | undefined;
  return async (url, request) => {
    loaded ??= import('./net/fetch.ts').then(({ createFetch }) => createFetch(process.env));
    return (await loaded)(url, request);
  };
}

/**
 * Further signals for a program that runs in place of fedctl. Other signals end Node.js, or cannot be caught.
 */
const MORE_SIGNALS = ['SIGUSR1', 'SIGUSR2'] as const;

/** Ctrl-\ asks for no core of Node.js here: it ends the run, as SIGTERM does. */
const SIGNALS = {
  SIGINT: 'interrupted',
  SIGTERM: 'terminated',
  SIGQUIT: 'terminated',
  SIGHUP: 'hung-up',
} as const;

/**
 * In milliseconds. A second signal within this time is the same key press: npm and timeout(1) pass on a
 * signal that the terminal has already sent to their child process. Nobody presses a key twice that fast.
 */
const SAME_KEY_MS = 200;

/** The error codes of a write without a reader: a closed pipe, and a closed terminal. */
const NOBODY_READS: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Takes over the end of this process, for bin: the first Ctrl-C, SIGTERM, SIGQUIT or SIGHUP fires the signal of `stopped`, so
 * so that the run can clean up; the next one of any kind ends the process at once. A closed pipe
 * (`fedctl … | head`) or terminal is not a failure, and nothing is reported.
 *
 * The listeners stay: ora's restore-cursor (by signal-exit) kills the process on a signal without other
 * listeners, and a listener of `once` has already been removed when it counts them (sindresorhus/ora#27,
 * tapjs/signal-exit#49).
 *
 * @returns `letGo` removes the handlers, so that a signal ends the process at once: for the very end of the
 * run, when no listener is called any more; `passSignals` is that of the Context
 */
export function takeOverSignals(): {
  readonly stopped: AbortSignal;
  readonly letGo: () => void;
  readonly passSignals: Context['passSignals'];
} {
  const controller = new AbortController();
  let stoppedAt = 0;
  let passed: ((name: NodeJS.Signals) => void) | null = null;
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  const letGo = () => {
    for (const name of names) process.removeAllListeners(name);
  };
  for (const name of names) {
    process.on(name, () => {
      if (passed !== null) return passed(name);
      if (!controller.signal.aborted) {
        stoppedAt = performance.now();
        controller.abort(new Interruption(SIGNALS[name]));
      }
      if (performance.now() - stoppedAt < SAME_KEY_MS) return;
      // A running spinner has hidden the cursor.
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h');
      letGo();
      process.kill(process.pid, name);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!NOBODY_READS.has(error.code)) throw error;
    });
  }
  const passSignals: Context['passSignals'] = (handle) => {
    passed = handle;
    for (const name of MORE_SIGNALS) process.on(name, handle);
    return () => {
      passed = null;
      for (const name of MORE_SIGNALS) process.removeListener(name, handle);
    };
  };
  return { stopped: controller.signal, letGo, passSignals };
}
