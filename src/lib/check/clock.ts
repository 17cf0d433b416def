import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { bounded } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { fail, type Outcome, pass, skip, warn } from './outcome.ts';

/** What one server's clock says of ours. */
export interface ClockReading {
  /** The host of the server. */
  readonly host: string;
  /** What was asked. */
  readonly url: string;
  /** How far its clock is ahead of this machine's, in seconds; null where it could not be read. */
  readonly aheadSeconds: number | null;
}

/** AWS refuses signatures that are further off (facts/mongodb.md 6, "Clock"). Seconds. */
const AWS_LIMIT = 300;
/** Half of the leeway that MongoDB has for tokens from the future (facts/mongodb.md 1.6). Seconds. */
const NOTABLE = 30;
/** Clocks that are this near say the same. Seconds: the Date header has whole ones, and answers take their time. */
const AGREEMENT = 10;

/**
 * Reads the clocks of servers by the Date of their answers (RFC 9110, section 6.6.1), whatever else they answer. Nothing
 * is sent but the request itself; a server that does not answer has no clock.
 *
 * @param addresses by their URL; hosts that come twice count once
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
    // The header names the second that had begun; the answer was written somewhere between asking and now.
    const here = (asked + now().getTime()) / 2;
    return Math.round((date + 500 - here) / 1000);
  } catch {
    if (signal.aborted) throw signal.reason;
    return null;
  }
}

/** What several clocks say together: one alone may be wrong itself, two that agree are right. */
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
    // Most say that it is right here: theirs is the odd one.
    const message = `${said}. Most servers agree with this machine, so that server's clock is wrong, or another server responds in its place.`;
    const remedy = 'See the Date that this server returns, and who answers in its place.';
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
