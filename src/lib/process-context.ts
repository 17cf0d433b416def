import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Adapter, Context } from './core/context.ts';
import { Interruption } from './core/deadline.ts';
import type { Fetch } from './core/fetch.ts';
import { localhostAddresses } from './core/hosts.ts';
import { Redactor } from './core/redactor.ts';

/**
 * The real world: this process, its clock and its network. Nothing else in src reads `process`; only bin and
 * index.ts import this.
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
    version: packageVersion(),
    // `--` keeps Node.js from taking --env-file for its own.
    self: [process.execPath, '--', script],
    pid: process.pid,
    now: () => new Date(),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    fetch: loadedFetch(),
    redactor: new Redactor(),
    // Read when it is used, as everything here that takes time or memory to load.
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

/** The modules of each adapter, those that it loads with its first request among them. */
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

/** What else a program may be sent that runs in the place of fedctl. Node.js dies of the others, or cannot hear them. */
const MORE_SIGNALS = ['SIGUSR1', 'SIGUSR2'] as const;

/** Ctrl-\ asks for no core of Node.js here: it ends the run, as SIGTERM does. */
const SIGNALS = {
  SIGINT: 'interrupted',
  SIGTERM: 'terminated',
  SIGQUIT: 'terminated',
  SIGHUP: 'hung-up',
} as const;

/**
 * What comes so soon after the first signal is the same key: npm and timeout(1) pass on what the terminal has sent to
 * their child already. In milliseconds; nobody presses a key twice that fast.
 */
const SAME_KEY_MS = 200;

/** What a write fails with when nobody reads any more: a closed pipe, and a closed terminal. */
const NOBODY_READS: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Takes over the end of this process, for bin: the first Ctrl-C, SIGTERM, SIGQUIT or SIGHUP fires the signal of `stopped`, so
 * that the run cleans up; the next one of any kind ends the process at once. A closed pipe (`fedctl … | head`) or
 * terminal is no failure, and there is nobody left to tell.
 *
 * The listeners stay: ora's restore-cursor (by signal-exit) kills the process on a signal that nobody but itself
 * listens to, and a listener of `once` is gone when it counts (sindresorhus/ora#27, tapjs/signal-exit#49).
 *
 * @returns `letGo` gives the signals back to the system, which ends the process at once: for the very end of the run,
 * when no listener is called any more; `passSignals` is that of the Context
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
      // A spinner that still turns has hidden the cursor.
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

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
