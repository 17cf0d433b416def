import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { bounded } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { fail, type Outcome, pass, skip, warn } from './outcome.ts';

/** The difference between the clock of one server and the local clock. */
export interface ClockReading {
  readonly host: string;
  readonly url: string;
  /**
   * Seconds that the clock of the server is ahead of the local clock; null if the clock could not be read.
   */
  readonly aheadSeconds: number | null;
}

/** In seconds. AWS rejects signatures if the clock difference is larger (facts/mongodb.md 6, "Clock"). */
const AWS_LIMIT = 300;
/**
 * In seconds. Half of the leeway that MongoDB allows for tokens issued in the future (facts/mongodb.md 1.6).
 */
const NOTABLE = 30;
/**
 * In seconds. Clocks within this difference agree: the Date header has whole seconds, and responses take
 * time.
 */
const AGREEMENT = 10;

/**
 * Reads the clocks of servers from the Date header of a response with any status (RFC 9110, section 6.6.1).
 * The requests contain no credentials. If a server does not respond, `aheadSeconds` is null.
 *
 * @param addresses URLs; each host is read once
 */
export async function readClocks(
  addresses: readonly string[],
  context: Pick<Context, 'fetch' | 'now' | 'signal'>,
  timeoutMs: number,
): Promise<readonly ClockReading[]> {
  const hosts = new Map(addresses.map((address) => [new URL(address).host, address] as const));
  return Promise.all(
    [...hosts].map(async ([host, address]) => ({
      host,
      url: address,
      aheadSeconds: await readClock(address, context, timeoutMs),
    })),
  );
}

async function readClock(
  address: string,
  context: Pick<Context, 'fetch' | 'now' | 'signal'>,
  timeoutMs: number,
): Promise<number | null> {
  const { now, signal } = context;
  const asked = now().getTime();
  try {
    const date = await bounded(signal, timeoutMs, async (within) => {
      const { headers } = await context.fetch(new URL(address), { maxBytes: 0, signal: within });
      return Date.parse(headers.date ?? '');
    });
    if (Number.isNaN(date)) return null;
    // The Date header is truncated to whole seconds, so half a second is added. The response was written
    // between the request and now.
    const here = (asked + now().getTime()) / 2;
    return Math.round((date + 500 - here) / 1000);
  } catch {
    if (signal.aborted) throw signal.reason;
    return null;
  }
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
    // Most servers agree with the local clock, so the clock of this server is wrong.
    const message = `${said}. Most servers agree with this machine. Either the clock of ${worst.host} is wrong, or another server responds at this host.`;
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

/** Formats a clock difference in seconds: `10 min ahead`, `on time`. */
function distance(ahead: number): string {
  if (Math.abs(ahead) <= 1) return 'on time';
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
