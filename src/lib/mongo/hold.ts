import type { Context } from '../core/context.ts';
import { deadline, timedOut, within } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import type { HoldEvent, HoldPlan, HoldResult } from '../ports/mongo.ts';
import { whereLoggedIn } from './commands.ts';
import { evidenceOf } from './login-failures.ts';
import { commandFailure, isNetworkEnd, ownFailure, serverAnswer } from './server-failures.ts';
import type { Session } from './session.ts';

/**
 * Server codes for a failed reauthentication (facts/mongodb.md 1.2): 18 (token rejected), 8000 (token
 * rejected by Atlas) and 391 (reauthentication still required).
 */
const NOT_LOGGED_IN: ReadonlySet<number | null> = new Set([18, 8000, 391]);

/**
 * This command requires a login but no role: all users may list the databases that they can read. `ping` and
 * `connectionStatus` work without a login and never return 391 (facts/mongodb.md 4.3).
 */
const COMMAND = { listDatabases: 1, nameOnly: true, authorizedDatabases: true } as const;

/**
 * Counts the tokens that a driver requests. The first token is for the login; each later token is for a
 * reauthentication.
 */
export class TokenTally implements TokenSource {
  readonly #source: TokenSource;
  readonly #again: (count: number) => void;
  #asked = 0;
  #previous: MintedToken | null = null;
  #last: MintedToken | null = null;

  /**
   * @param again a function that is called before each request for a token, except the first request. Its
   *   argument is the number of reauthentications.
   */
  constructor(source: TokenSource, again: (count: number) => void) {
    this.#source = source;
    this.#again = again;
  }

  async get(signal?: AbortSignal): Promise<MintedToken> {
    this.#asked += 1;
    if (this.#asked > 1) this.#again(this.#asked - 1);
    const token = await this.#source.get(signal);
    this.#previous = this.#last;
    this.#last = token;
    return token;
  }

  get reauthentications(): number {
    return Math.max(0, this.#asked - 1);
  }

  /** The last token that the source returned. */
  get last(): MintedToken | null {
    return this.#last;
  }

  /** Whether the last two tokens of the source are identical. */
  get repeated(): boolean {
    return this.#previous !== null && this.#previous.token.reveal() === this.#last?.token.reveal();
  }
}

/**
 * Sends a harmless command that requires a login. Sends it immediately, every `everyMs` milliseconds, and
 * once more after `forMs` milliseconds. Fails if the driver opens a new connection, because a new connection
 * does not prove that the first connection works after its token has expired.
 */
export async function holdSession(
  { client, refused }: Session,
  plan: HoldPlan,
  tally: TokenTally,
  { now, sleep }: Pick<Context, 'now' | 'sleep'>,
  observe: (event: HoldEvent) => void,
  signal: AbortSignal,
): Promise<HoldResult> {
  const since = now().getTime();
  let replaced = false;
  client.on('connectionCreated', () => {
    replaced = true;
  });
  let commands = 0;
  const ended = (failure: FedctlError | null): HoldResult => ({
    logins: 1,
    reauthentications: tally.reauthentications,
    commands,
    failure,
  });
  for (;;) {
    const at = now();
    const bounded = deadline(signal, plan.timeoutMs);
    try {
      await within(
        bounded,
        Promise.race([client.db('admin').command(COMMAND, whereLoggedIn(client)), refused]),
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return ended(holdFailure(error, heldFor(), plan, tally, timedOut(bounded), now()));
    }
    if (replaced) return ended(connectionLost(heldFor()));
    commands += 1;
    observe({ kind: 'command', at, ms: elapsed(at), count: commands });
    const left = since + plan.forMs - now().getTime();
    if (left <= 0) return ended(null);
    await pause(Math.min(plan.everyMs, left));
  }

  async function pause(ms: number): Promise<void> {
    await within(signal, sleep(ms, signal)).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
  }

  /** The clock can be set back, but the duration must not be negative. */
  function elapsed(from: Date): number {
    return Math.max(0, now().getTime() - from.getTime());
  }

  function heldFor(): string {
    return formatDuration(elapsed(new Date(since)) / 1000);
  }
}

function holdFailure(
  error: unknown,
  after: string,
  { timeoutMs }: HoldPlan,
  tally: TokenTally,
  isLate: boolean,
  now: Date,
): FedctlError {
  const own = ownFailure(error);
  if (own !== null) return own;
  if (isLate) {
    return new FedctlError('mongo.command-failed', {
      message: `The login succeeded, but ${after} later the command listDatabases timed out (limit: ${timeoutMs / 1000} s).`,
      remedy: 'Repeat the command. If the failure persists, see the server log.',
      cause: error,
    });
  }
  const answer = serverAnswer(error);
  if (answer !== null && NOT_LOGGED_IN.has(answer.code)) {
    return reauthenticationFailed(`"${answer.text}" (${answer.code})`, after, tally, now, error);
  }
  return isNetworkEnd(error)
    ? connectionLost(after, error)
    : commandFailure('listDatabases', error, 'a role');
}

/**
 * Returns the failure for a failed reauthentication, with the same evidence as for a failed login. The
 * evidence is for the rejected token, which may differ from the first token.
 */
function reauthenticationFailed(
  said: string,
  after: string,
  { last, repeated }: TokenTally,
  now: Date,
  cause: unknown,
): FedctlError {
  const evidence = last === null ? [] : evidenceOf({ mechanism: 'MONGODB-OIDC', token: last }, now);
  return new FedctlError('mongo.reauthentication-failed', {
    message: `After ${after}, the server requested a new login and rejected the token. The server gave only this reason: ${said}.`,
    ...(repeated ? { likelyCause: 'The token source returned the expired token instead of a new one.' } : {}),
    details: evidence.length === 0 ? {} : { evidence },
    cause,
  });
}

function connectionLost(after: string, cause?: unknown): FedctlError {
  return new FedctlError('mongo.connection-lost', {
    message: `The connection was lost after ${after}.`,
    cause,
  });
}
