import type { Context } from '../core/context.ts';
import type { TlsSettings } from '../net/dial-tls.ts';
import { nameServer } from '../net/name-server.ts';
import type { HoldEvent, HoldPlan, HoldResult, LoginPlan, Mongo, StageEvent } from '../ports/mongo.ts';
import { createClient } from './client.ts';
import { useSession } from './commands.ts';
import { holdSession, TokenTally } from './hold.ts';
import { reach } from './reach.ts';
import { closeClient, openSession, type Session } from './session.ts';
import { StageLog } from './stages.ts';
import { readTlsSettings } from './tls-settings.ts';

type Dependencies = Pick<Context, 'resolver' | 'now' | 'sleep' | 'cwd' | 'redactor'>;

/** Creates the MongoDB adapter. The first login loads the driver. */
export async function createMongo(context: Dependencies): Promise<Mongo> {
  return {
    login: (plan, observe, signal) =>
      loggedIn(context, plan, observe, signal, (session, stages) =>
        useSession(session, plan, stages, signal),
      ),
    hold: (plan, observe, signal) => hold(context, plan, observe, signal),
  };
}

async function hold(
  context: Dependencies,
  plan: HoldPlan,
  observe: (event: HoldEvent) => void,
  signal: AbortSignal,
): Promise<HoldResult> {
  const tally = new TokenTally(plan.tokenSource, (count) =>
    observe({ kind: 'reauthentication', at: context.now(), count }),
  );
  const told = (stage: StageEvent) => observe({ kind: 'stage', stage });
  return loggedIn(context, { ...plan, tokenSource: tally }, told, signal, (session) =>
    holdSession(session, plan, tally, context, observe, signal),
  );
}

/** Runs the stages up to the login, calls `use` and closes the client. */
async function loggedIn<T>(
  { now, cwd, ...own }: Pick<Dependencies, 'resolver' | 'now' | 'cwd' | 'redactor'>,
  plan: LoginPlan,
  observe: (event: StageEvent) => void,
  signal: AbortSignal,
  use: (session: Session, stages: StageLog) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  own.redactor.learn(plan.uri.proxy?.password, plan.uri.tlsFiles.certificateKeyPassword);
  const resolver = plan.dnsServer === undefined ? own.resolver : nameServer(plan.dnsServer);
  const context = { now, cwd, resolver };
  const bounds = { signal, timeoutMs: plan.timeoutMs };
  const settings = await readTlsSettings(plan.uri, context.cwd, bounds);
  await tryOptions(plan, settings, context);
  const stages = new StageLog(observe, context.now);
  const dnsServer = plan.dnsServer ?? null;
  const uri = await reach(plan.uri, settings, { ...context, dnsServer }, stages, bounds);
  const session = await openSession({ ...plan, uri }, settings, context, stages, signal);
  try {
    return await use(session, stages);
  } finally {
    await closeClient(session.client);
  }
}

/**
 * Creates a client that never connects. If the driver rejects an option, fedctl reports this option before it
 * opens a connection.
 */
async function tryOptions(
  plan: LoginPlan,
  settings: TlsSettings,
  { resolver }: Pick<Context, 'resolver'>,
): Promise<void> {
  const unused = () => Promise.reject(new Error('this client never connects'));
  const client = await createClient(plan, settings, { token: unused, keys: unused }, resolver);
  await client.close();
}
