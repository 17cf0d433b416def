import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { bounded } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { fail, type Outcome, pass, skip, warn } from './outcome.ts';

/** The clock of one server compared with the local clock. */
export interface ClockReading {
  /** The host of the server. */
  readonly host: string;
  /** The URL that was requested. */
  readonly url: string;
  /**
   * How far the clock of the server is ahead of the local clock, in seconds; null when it could not be read.
   */
  readonly aheadSeconds: number | null;
}

/** In seconds. AWS rejects signatures with a larger difference (facts/mongodb.md 6, "Clock"). */
const AWS_LIMIT = 300;
/** Half of the leeway of MongoDB for tokens issued in the future (facts/mongodb.md 1.6). Seconds. */
const NOTABLE = 30;
/**
 * Clocks within this difference agree, in seconds. The Date header has whole seconds, and responses take
 * time.
 */
const AGREEMENT = 10;

/**
 * Reads the clocks of servers from the Date header of any response (RFC 9110, section 6.6.1). Only the
 * request itself is sent. A server that does not respond has no reading.
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
    // The header contains the second that had begun. The response was written between the request and now.
    const here = (asked + now().getTime()) / 2;
    return Math.round((date + 500 - here) / 1000);
  } catch {
    if (signal.aborted) throw signal.reason;
    return null;
  }
}

/** Evaluates several clocks together: a single clock may be wrong itself, two that agree are right. */
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
    // Most clocks agree with the local one, so the other is wrong.
    const message = `${said}. Most servers agree with this machine. Either the clock of that server is wrong, or another server responds in its place.`;
    const remedy =
      'See the Date header that this server returns, and whether another server responds in its place.';
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

/** `10 min ahead`, `on time` */
function distance(ahead: number): string {
  if (Math.abs(ahead) <= 1) return 'on time';
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
