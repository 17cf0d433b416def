import { spawn } from 'node:child_process';
import { lookup, resolveSrv, resolveTxt } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from './context.ts';
import { Interruption } from './deadline.ts';
import type { Fetch } from './fetch.ts';
import { localhostAddresses } from './hosts.ts';
import { Redactor } from './redactor.ts';

/**
 * The real world: this process, its clock and its network. Nothing else in src reads `process`; only bin and
 * index.ts import this.
 *
 * @param script the path of the script that starts fedctl, for `self`
 * @param signal ends the run
 */
export function processContext(script: string, signal: AbortSignal): Context {
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
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
    spawn: (command, args, options) => spawn(command, args, options),
    resolver: {
      async addresses(host) {
        const found = localhostAddresses(host) ?? (await lookup(host, { all: true }));
        return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
      },
      srv: (name) => resolveSrv(name),
      async txt(name) {
        return (await resolveTxt(name)).map((parts) => parts.join(''));
      },
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

/** Loads node:http at the first request. */
function loadedFetch(): Fetch {
  let loaded: Promise<Fetch> | undefined;
  return async (url, request) => {
    loaded ??= import('./net/fetch.ts').then(({ createFetch }) => createFetch(process.env));
    return (await loaded)(url, request);
  };
}

/**
 * Takes over the end of this process, for bin: the first Ctrl-C or SIGTERM fires the signal returned, a second one ends
 * the process at once. A closed pipe (`fedctl … | head`) is no failure, and there is nobody left to tell.
 */
export function takeOverSignals(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new Interruption('interrupted')));
  process.once('SIGTERM', () => controller.abort(new Interruption('terminated')));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return controller.signal;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
