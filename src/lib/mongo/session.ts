import type { MongoClient } from 'mongodb';
import type { Resolver } from '../core/context.ts';
import { within } from '../core/deadline.ts';
import { FedctlError } from '../core/errors.ts';
import type { TlsSettings } from '../net/dial-tls.ts';
import type { LoginPlan } from '../ports/mongo.ts';
import { createClient, type LoginCallbacks } from './client.ts';
import { HelloWatch } from './hello.ts';
import { authenticationFailure } from './login-failures.ts';
import {
  CALLBACK_LIMIT_S,
  keysToPresent,
  type Presented,
  presentedText,
  tokenToPresent,
} from './presented.ts';
import { helloFailure, ownFailure } from './server-failures.ts';
import { StageOver, StageTimer } from './stage-timer.ts';
import type { StageLog } from './stages.ts';

/**
 * Time limit for closing a client, in milliseconds. This time is sufficient for the driver to send
 * endSessions. fedctl does not wait for the response of the server.
 */
const CLOSE_MS = 20;

/** A connected client. Close it with `closeClient`. */
export interface Session {
  readonly client: MongoClient;
  /** Rejects if a member that must not receive credentials becomes the primary. Never resolves. */
  readonly refused: Promise<never>;
}

interface Dependencies {
  readonly resolver: Resolver;
  now(): Date;
}

/**
 * Runs the stages of the driver: hello, credential, authenticate. The hello stage ends when the driver
 * requests a token or keys, because the driver has then received the response to hello. The authenticate
 * stage ends when the connection for the login is ready.
 *
 * @param plan a plan whose connection string contains the resolved hosts
 * @throws FedctlError for the stage that failed
 */
export async function openSession(
  plan: LoginPlan,
  settings: TlsSettings,
  context: Dependencies,
  stages: StageLog,
  signal: AbortSignal,
): Promise<Session> {
  const opening = new Opening(plan, context, stages, signal);
  const client = await createClient(plan, settings, opening.callbacks, context.resolver);
  const watch = new HelloWatch(client, plan.uri);
  await opening.connect(client, watch);
  return { client, refused: watch.refused };
}

/** Closes the client within CLOSE_MS, even if the server does not respond. */
export async function closeClient(client: MongoClient): Promise<void> {
  await within(AbortSignal.timeout(CLOSE_MS), client.close(true)).catch(() => {});
}

/** One login in progress. */
class Opening {
  readonly #plan: LoginPlan;
  readonly #context: Dependencies;
  readonly #stages: StageLog;
  readonly #signal: AbortSignal;
  readonly #timer: StageTimer;
  #watch: HelloWatch | null = null;
  /** The address of the server that the driver selected for the login. */
  #selected: string | null = null;
  #presented: Presented | null = null;

  constructor(plan: LoginPlan, context: Dependencies, stages: StageLog, signal: AbortSignal) {
    this.#plan = plan;
    this.#context = context;
    this.#stages = stages;
    this.#signal = signal;
    this.#timer = new StageTimer(plan.timeoutMs);
  }

  readonly callbacks: LoginCallbacks = {
    token: async () => {
      const { token } = await this.#present(() => tokenToPresent(this.#plan, this.#signal));
      return token.token.reveal();
    },
    keys: async () => {
      const { keys } = await this.#present(() => keysToPresent(this.#plan, this.#signal));
      return {
        accessKeyId: keys.accessKeyId,
        secretAccessKey: keys.secretAccessKey.reveal(),
        ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken.reveal() }),
      };
    },
  };

  async connect(client: MongoClient, watch: HelloWatch): Promise<void> {
    client.on('connectionCreated', ({ address }) => {
      this.#selected ??= address;
    });
    this.#watch = watch;
    this.#stages.begin('hello');
    this.#timer.restart();
    try {
      await within(this.#signal, Promise.race([client.connect(), watch.hopeless, this.#timer.over]));
    } catch (error) {
      await closeClient(client);
      if (this.#signal.aborted) throw this.#signal.reason;
      throw this.#stages.fail(this.#failure(error, watch));
    } finally {
      this.#timer.stop();
    }
    this.#stages.pass(this.#plan.mechanism);
  }

  /** Ends the hello stage, runs the credential stage and starts the authenticate stage. */
  async #present<T extends Presented>(get: () => Promise<T>): Promise<T> {
    // The driver calls this function again if it opens another connection. In this case, the stages hello and
    // credential have already ended.
    if (this.#stages.running !== 'hello') return get();
    this.#stages.pass(this.#watch?.detail() ?? '', this.#watch?.facts());
    this.#stages.begin('credential');
    this.#timer.stop();
    const presented = await get();
    this.#presented = presented;
    this.#stages.pass(presentedText(presented));
    this.#stages.begin('authenticate');
    this.#timer.restart();
    return presented;
  }

  #failure(error: unknown, watch: HelloWatch): FedctlError {
    const own = ownFailure(error);
    if (own !== null) return own;
    const { mechanism, timeoutMs } = this.#plan;
    switch (this.#stages.running) {
      case 'hello':
        return helloEnd(error, watch, this.#selected, timeoutMs);
      case 'credential':
        return credentialEnd(error);
      default:
        return error instanceof StageOver
          ? new FedctlError('mongo.auth-timeout', {
              message: `The server did not respond to the login within ${timeoutMs / 1000} s.`,
              cause: error,
            })
          : authenticationFailure(error, mechanism, this.#presented, this.#context.now());
    }
  }
}

function helloEnd(
  error: unknown,
  watch: HelloWatch,
  selected: string | null,
  timeoutMs: number,
): FedctlError {
  const isOver =
    error instanceof StageOver || (error instanceof Error && error.name === 'MongoServerSelectionError');
  if (isOver) return watch.timedOut(timeoutMs / 1000, error);
  return helloFailure(selected ?? 'the server', error instanceof Error ? error : new Error(String(error)));
}

function credentialEnd(error: unknown): FedctlError {
  if (error instanceof Error && error.name === 'MongoOIDCError') {
    return new FedctlError('aws.timeout', {
      message: `fedctl obtained no token within ${CALLBACK_LIMIT_S} s, the time limit of the driver.`,
      cause: error,
    });
  }
  return new FedctlError('bug.unexpected', {
    message: 'fedctl failed to obtain a token or credentials for an unexpected reason.',
    cause: error,
  });
}
