import type { MongoClient } from 'mongodb';
import type { HoldEvent, HoldPlan, HoldResult, LoginPlan, Mongo, StageEvent } from '../connection.ts';
import type { Context } from '../context.ts';
import { nameServer } from '../net/name-server.ts';
import { refusePlaintext } from '../uri/plaintext.ts';
import { readTarget } from '../uri/target.ts';
import { createClient } from './client.ts';
import { useSession } from './commands.ts';
import { holdSession, TokenTally } from './hold.ts';
import { reach } from './reach.ts';
import { closeClient, openSession } from './session.ts';
import { StageLog } from './stages.ts';
import { readTlsSettings } from './tls-settings.ts';

type World = Pick<Context, 'resolver' | 'now' | 'sleep' | 'cwd' | 'redactor'>;

/** The MongoDB port over the real driver, which loads with the first login. */
export async function createMongo(context: World): Promise<Mongo> {
  return {
    login: (plan, observe, signal) =>
      loggedIn(context, plan, observe, signal, (client, stages) => useSession(client, plan, stages, signal)),
    hold: (plan, observe, signal) => hold(context, plan, observe, signal),
  };
}

async function hold(
  context: World,
  plan: HoldPlan,
  observe: (event: HoldEvent) => void,
  signal: AbortSignal,
): Promise<HoldResult> {
  const tally = new TokenTally(plan.tokenSource, (count) =>
    observe({ kind: 'reauthentication', at: context.now(), count }),
  );
  const told = (stage: StageEvent) => observe({ kind: 'stage', stage });
  return loggedIn(context, { ...plan, tokenSource: tally }, told, signal, (client) =>
    holdSession(client, plan, tally, context, observe, signal),
  );
}

/** Refuses what can be refused without the network, goes through the stages up to the login, and closes after `use`. */
async function loggedIn<T>(
  { now, cwd, ...own }: Pick<World, 'resolver' | 'now' | 'cwd' | 'redactor'>,
  plan: LoginPlan,
  observe: (event: StageEvent) => void,
  signal: AbortSignal,
  use: (client: MongoClient, stages: StageLog) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const named = readTarget(plan.uri);
  refusePlaintext(named);
  own.redactor.learn(named.proxy?.password, named.tlsFiles.certificateKeyPassword);
  const resolver = plan.dnsServer === undefined ? own.resolver : nameServer(plan.dnsServer);
  const context = { now, cwd, resolver };
  await tryOptions(plan, named, context);
  const settings = await readTlsSettings(named, context.cwd, signal);
  const stages = new StageLog(observe, context.now);
  const bounds = { signal, timeoutMs: plan.timeoutMs };
  const { uri, target } = await reach(plan.uri, settings, context, stages, bounds);
  const client = await openSession(uri, target, plan, context, stages, signal);
  try {
    return await use(client, stages);
  } finally {
    await closeClient(client);
  }
}

/** A client that never connects: an option that the driver does not know is told before anything is dialled. */
async function tryOptions(
  plan: LoginPlan,
  target: ReturnType<typeof readTarget>,
  { resolver }: Pick<Context, 'resolver'>,
): Promise<void> {
  const unused = () => Promise.reject(new Error('nothing is sent'));
  const client = await createClient(plan.uri, target, plan, { token: unused, keys: unused }, resolver);
  await client.close();
}
