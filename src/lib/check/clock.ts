import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { bounded } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import type { ServerClocks } from '../core/server-clocks.ts';
import { fail, type Outcome, pass, skip, warn } from './outcome.ts';

/** The difference between the clock of one server and the local clock. */
export interface ClockReading {
  readonly host: string;
  readonly url: string;
  /**
   * How far the server clock is ahead of the local clock, in seconds. The value is negative if the server
   * clock is behind, and null if the server clock could not be read.
   */
  readonly aheadSeconds: number | null;
}

/**
 * The largest clock difference for which AWS accepts signatures, in seconds (facts/mongodb.md 6, "Clock").
 */
const AWS_LIMIT = 300;
/**
 * The largest clock difference that causes no warning, in seconds. This is half of the leeway that MongoDB
 * allows for tokens whose issue time is in the future (facts/mongodb.md 1.6).
 */
const NOTABLE = 30;
/**
 * Two server clocks count as equal if they differ by at most this number of seconds. A small difference is
 * normal, because the Date header has whole seconds and responses take time.
 */
const AGREEMENT = 10;

/**
 * Sends a request to each server for which the run has no clock reading yet. Each response adds a reading to
 * `context.clocks`. The requests contain no credentials. Servers that do not respond are ignored.
 *
 * @param addresses URLs; each host receives at most one request
 * @throws the abort reason, if `context.signal` is aborted
 */
export async function requestTimes(
  addresses: readonly string[],
  context: Pick<Context, 'clocks' | 'fetch' | 'signal'>,
  timeoutMs: number,
): Promise<void> {
  const { clocks, signal } = context;
  const unread = [...byHost(addresses)].filter(([host]) => clocks.aheadSeconds(host) === null);
  await Promise.allSettled(
    unread.map(([, address]) =>
      bounded(signal, timeoutMs, (within) =>
        context.fetch(new URL(address), { maxBytes: 0, signal: within }),
      ),
    ),
  );
  signal.throwIfAborted();
}

/**
 * Returns the recorded clock readings of the servers, one for each host.
 *
 * @param addresses URLs of the servers; several URLs can have the same host
 */
export function clockReadings(addresses: readonly string[], clocks: ServerClocks): readonly ClockReading[] {
  return [...byHost(addresses)].map(([host, url]) => ({
    host,
    url,
    aheadSeconds: clocks.aheadSeconds(host),
  }));
}

function byHost(addresses: readonly string[]): ReadonlyMap<string, string> {
  return new Map(addresses.map((address) => [new URL(address).host, address]));
}

/**
 * Compares the readings of several clocks. A single server clock may be wrong; two clocks that agree count as
 * correct.
 */
export function clockOutcome(readings: readonly ClockReading[]): Outcome<null> {
  const read = readings.flatMap(({ host, url, aheadSeconds }) =>
    aheadSeconds === null ? [] : [{ host, url, ahead: aheadSeconds }],
  );
  const [first, ...others] = read;
  if (first === undefined)
    return skip(`no server returned its time: ${readings.map(({ host }) => host).join(', ')}`);
  const off = read.filter(({ ahead }) => Math.abs(ahead) > NOTABLE);
  const [worst] = off;
  if (worst === undefined) return pass(`compared with ${read.map(({ host }) => host).join(' and ')}`, null);
  const said = read.map(({ host, ahead }) => `${host} is ${distance(ahead)}`).join(', ');
  const right = read.filter(({ ahead }) => Math.abs(ahead) <= NOTABLE);
  if (right.length > off.length) {
    // Most servers agree with the local clock, so the clock of this machine is probably correct.
    const message = `${said}. Most servers agree with the clock of this machine. Either the clock of ${worst.host} is wrong, or a different server responds under this host name.`;
    const remedy = 'Look at the Date header of the response, and find out which server responds.';
    return warn(
      {
        code: null,
        message,
        remedy,
        command: program('curl', '-sI', worst.url),
      },
      null,
    );
  }
  const agree = others.length > 0 && others.every(({ ahead }) => Math.abs(ahead - first.ahead) <= AGREEMENT);
  if (!agree) {
    const why = others.length === 0 ? 'no other server returned its time' : 'the servers do not agree';
    const message = `The clock of this machine may be wrong: ${said}; ${why}.`;
    return warn(
      {
        code: 'aws.clock-skew',
        message,
        remedy: 'Compare the clock of this machine with a time server.',
      },
      null,
    );
  }
  const message = `The clock of this machine is ${distance(-first.ahead)}: ${said}.`;
  const failure = new FedctlError('aws.clock-skew', {
    message,
    details: { readings: read.map(({ host, ahead }) => ({ host, aheadSeconds: ahead })) },
  });
  if (Math.abs(first.ahead) > AWS_LIMIT) return fail(failure);
  return warn({ code: 'aws.clock-skew', message, remedy: failure.remedy }, null);
}

/** Formats a clock difference in seconds, for example `10 min ahead` or `in sync`. */
function distance(ahead: number): string {
  if (Math.abs(ahead) <= 1) return 'in sync';
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
