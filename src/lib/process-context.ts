import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Adapter, Context } from './core/context.ts';
import { Interruption } from './core/deadline.ts';
import type { Fetch } from './core/fetch.ts';
import { localhostAddresses } from './core/hosts.ts';
import { Redactor } from './core/redactor.ts';
import { ServerClocks } from './core/server-clocks.ts';
import { VERSION } from './core/version.generated.ts';

/**
 * Creates the Context of this process, with its clock and its network. No other code in src reads `process`.
 * Only bin and index.ts import this module.
 *
 * @param script the path of the script that starts fedctl, for `self`
 * @param signal the run ends when this signal fires
 * @param passSignals the function from `takeOverSignals`. The default passes no signals, because the library
 * handles no signals and leaves them to the host program.
 */
export function processContext(
  script: string,
  signal: AbortSignal,
  passSignals: Context['passSignals'] = () => () => {},
): Context {
  const now = () => new Date();
  const clocks = new ServerClocks(now);
  const context: Context = {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    version: VERSION,
    // `--` prevents Node.js from interpreting an argument such as --env-file.
    self: [process.execPath, '--', script],
    pid: process.pid,
    now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    fetch: clocks.recording(loadedFetch()),
    clocks,
    redactor: new Redactor(),
    // `stdin` is a getter, because opening stdin takes time and memory.
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

/** The modules of each adapter, including the modules that the adapter loads at its first request. */
const MODULES: Readonly<Record<Adapter, () => readonly Promise<unknown>[]>> = {
  aws: () => [import('./aws/aws.ts'), import('./aws/sts-client.ts')],
  mongo: () => [
    import('./mongo/mongo.ts'),
    import('./mongo/client.ts').then(({ loadDriver }) => loadDriver()),
  ],
  atlas: () => [import('./atlas/atlas.ts')],
  fetch: () => [import('./net/fetch.ts')],
};

/** Returns a function that loads the HTTP client at the first request. */
function loadedFetch(): Fetch {
  let loaded: Promise<Fetch> | undefined;
  return async (url, request) => {
    loaded ??= import('./net/fetch.ts').then(({ createFetch }) => createFetch(process.env));
    return (await loaded)(url, request);
  };
}

/**
 * The signals that fedctl handles only while it runs another program. fedctl passes these signals to that
 * program.
 */
const MORE_SIGNALS = ['SIGUSR1', 'SIGUSR2'] as const;

/**
 * Maps each signal to the kind of interruption. Ctrl-\ (SIGQUIT) ends the run like SIGTERM and writes no core
 * dump.
 */
const SIGNALS = {
  SIGINT: 'interrupted',
  SIGTERM: 'terminated',
  SIGQUIT: 'terminated',
  SIGHUP: 'hung-up',
} as const;

/**
 * The maximum time between two signals from the same key press, in milliseconds. The terminal sends the
 * signal to fedctl, and npm and timeout(1) send the signal again.
 */
const SAME_KEY_MS = 200;

/** The error codes of a write to a closed pipe or terminal. */
const NOBODY_READS: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Handles the operating-system signals of this process, for the program in `bin`. The first Ctrl-C, SIGTERM,
 * SIGQUIT or SIGHUP aborts `stopped`, so that the run can clean up. After SAME_KEY_MS, another of these
 * signals ends the process immediately. A closed pipe (`fedctl … | head`) or terminal is not reported as a
 * failure.
 *
 * The listeners stay after the first signal, because ora's restore-cursor (through signal-exit) kills the
 * process if the signal has no other listeners. They are not `once` listeners, because Node.js would remove
 * those before signal-exit runs (sindresorhus/ora#27, tapjs/signal-exit#49).
 *
 * @returns `stopped`; `letGo`, which removes the handlers; `passSignals` for the Context. Call `letGo` at the
 * end of the run, so that a later signal ends the process immediately.
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
      // Shows the cursor again, because a running spinner hides it.
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
