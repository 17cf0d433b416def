import type { MongoClient } from 'mongodb';
import type { LoginPlan } from '../connection.ts';
import type { Resolver } from '../context.ts';
import { deadline, within } from '../deadline.ts';
import { FedctlError } from '../errors.ts';
import { isLoopbackHost } from '../hosts.ts';
import type { Target } from '../uri/target.ts';
import { createClient } from './client.ts';
import { HelloWatch } from './hello.ts';
import { authenticationFailure, type Presented } from './login-failures.ts';
import { helloFailure, ownFailure } from './server-failures.ts';
import type { StageLog } from './stages.ts';

/** The driver's own limit on an OIDC callback, in seconds (facts/mongodb.md 1.4). */
const CALLBACK_LIMIT_S = 60;

/** How long closing may take: it talks to the server once more, and that may be what hangs. */
const CLOSE_MS = 300;

/**
 * The stages that the driver does: hello, credential, authenticate. Each ends when the driver shows it: hello when it
 * asks for a token or keys, which it does after the answer to hello on the connection that it is about to use;
 * authenticate when that connection is ready.
 *
 * @returns a connected client, to be closed with `closeClient`
 * @throws FedctlError of the stage that failed
 */
export async function openSession(
  uri: string,
  target: Target,
  plan: LoginPlan,
  context: { readonly resolver: Resolver; now(): Date },
  stages: StageLog,
  signal: AbortSignal,
): Promise<MongoClient> {
  let presented: Presented | null = null;
  const stage = new StageTimer(plan.timeoutMs);
  const credential = async <T extends Presented>(
    fetch: () => Promise<T>,
    detail: (found: T) => string,
  ): Promise<T> => {
    // The driver asks again when it opens another connection; the stages are over by then.
    if (stages.running !== 'hello') return fetch();
    refuseOtherServer(target, selected);
    stages.pass(watch.detail());
    stages.begin('credential');
    stage.stop();
    const found = await fetch();
    presented = found;
    stages.pass(detail(found));
    stages.begin('authenticate');
    stage.restart();
    return found;
  };
  const client = await createClient(
    uri,
    target,
    plan,
    {
      token: async () => (await credential(() => presentToken(plan, signal), tokenText)).token.token.reveal(),
      keys: async () => {
        const { keys } = await credential(() => presentKeys(plan, signal), keysText);
        return {
          accessKeyId: keys.accessKeyId,
          secretAccessKey: keys.secretAccessKey.reveal(),
          ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken.reveal() }),
        };
      },
    },
    context.resolver,
  );
  let selected: string | null = null;
  client.on('connectionCreated', ({ address }) => {
    selected ??= address;
  });
  const watch = new HelloWatch(client, target);
  stages.begin('hello');
  stage.restart();
  try {
    await within(signal, Promise.race([client.connect(), watch.hopeless, stage.over]));
  } catch (error) {
    await closeClient(client);
    if (signal.aborted) throw signal.reason;
    throw stages.fail(failureOf(error));
  } finally {
    stage.stop();
  }
  if (stages.running === 'authenticate') stages.pass(plan.mechanism);
  return client;

  function failureOf(error: unknown): FedctlError {
    switch (stages.running) {
      case 'hello':
        return ownFailure(error) ?? helloEnd(error, watch, selected, plan.timeoutMs);
      case 'credential':
        return ownFailure(error) ?? credentialEnd(error);
      default:
        return error instanceof StageOver
          ? new FedctlError('mongo.auth-timeout', {
              message: `The server did not answer the login within ${plan.timeoutMs / 1000} s.`,
              cause: error,
            })
          : authenticationFailure(error, plan.mechanism, presented, context.now());
    }
  }
}

/** Closes within a moment, whatever the server does. */
export async function closeClient(client: MongoClient): Promise<void> {
  await within(AbortSignal.timeout(CLOSE_MS), client.close(true)).catch(() => {});
}

/** The time of a stage is over. */
class StageOver extends Error {}

/** Bounds one stage after the other. */
class StageTimer {
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => {};
  /** Rejects when a stage took too long; never fulfilled. */
  readonly over: Promise<never>;

  constructor(ms: number) {
    this.#ms = ms;
    this.over = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    this.over.catch(() => {});
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#reject(new StageOver('the stage took too long')), this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function presentToken({ tokenSource, timeoutMs }: LoginPlan, signal: AbortSignal) {
  if (tokenSource === undefined) throw new TypeError('MONGODB-OIDC needs a token source');
  const bounded = deadline(signal, Math.max(timeoutMs, CALLBACK_LIMIT_S * 1000));
  return { mechanism: 'MONGODB-OIDC', token: await within(bounded, tokenSource.get(bounded)) } as const;
}

async function presentKeys({ credentials }: LoginPlan, signal: AbortSignal) {
  if (credentials === undefined) throw new TypeError('MONGODB-AWS needs credentials');
  return { mechanism: 'MONGODB-AWS', keys: await within(signal, credentials(signal)) } as const;
}

function tokenText({ token }: Extract<Presented, { mechanism: 'MONGODB-OIDC' }>): string {
  return `token of ${token.subject} for ${token.audience.join(', ')}`;
}

function keysText({ keys }: Extract<Presented, { mechanism: 'MONGODB-AWS' }>): string {
  return keys.arn === null
    ? `key ${keys.accessKeyId}, from ${keys.providerDetail}; STS cannot be asked whose it is`
    : `keys of ${keys.arn}, from ${keys.providerDetail}`;
}

/**
 * A server that was reached in plain text on this machine may name members elsewhere: they get nothing.
 *
 * @param selected the address that the driver is about to log in to
 */
function refuseOtherServer(target: Target, selected: string | null): void {
  if (target.tls === 'verified' || selected === null) return;
  const host = selected.replace(/:\d+$/, '');
  if (isLoopbackHost(host)) return;
  throw new FedctlError('mongo.plaintext-refused', {
    message: `The server sends its clients on to ${selected}, where nothing is sent without TLS.`,
    details: { host: selected, tls: target.tls },
  });
}

function helloEnd(
  error: unknown,
  watch: HelloWatch,
  selected: string | null,
  timeoutMs: number,
): FedctlError {
  const seconds = timeoutMs / 1000;
  if (error instanceof StageOver) return watch.timedOut(seconds, error);
  if (error instanceof Error && error.name === 'MongoServerSelectionError')
    return watch.timedOut(seconds, error);
  return helloFailure(selected ?? 'the server', error instanceof Error ? error : new Error(String(error)));
}

function credentialEnd(error: unknown): FedctlError {
  if (error instanceof Error && error.name === 'MongoOIDCError') {
    return new FedctlError('aws.timeout', {
      message: `No token within ${CALLBACK_LIMIT_S} s: the driver waits no longer.`,
      cause: error,
    });
  }
  return new FedctlError('bug.unexpected', {
    message: 'Finding a token or keys failed in a way that fedctl does not know.',
    cause: error,
  });
}
