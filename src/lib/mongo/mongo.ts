import type { LoginPlan, Mongo, ServerIdentity, StageEvent } from '../connection.ts';
import type { Context } from '../context.ts';
import { nameServer } from '../net/name-server.ts';
import { refusePlaintext } from '../uri/plaintext.ts';
import { readTarget } from '../uri/target.ts';
import { createClient } from './client.ts';
import { useSession } from './commands.ts';
import { reach } from './reach.ts';
import { closeClient, openSession } from './session.ts';
import { StageLog } from './stages.ts';
import { readTlsSettings } from './tls-settings.ts';

/** The MongoDB port over the real driver, which loads with the first login. */
export async function createMongo(context: Pick<Context, 'resolver' | 'now' | 'cwd'>): Promise<Mongo> {
  return {
    login: (plan, observe, signal) => login(context, plan, observe, signal),
    hold: async () => {
      throw new Error('later');
    },
  };
}

/** Refuses what can be refused without the network, then goes through the stages. */
async function login(
  { now, cwd, ...own }: Pick<Context, 'resolver' | 'now' | 'cwd'>,
  plan: LoginPlan,
  observe: (event: StageEvent) => void,
  signal: AbortSignal,
): Promise<ServerIdentity> {
  signal.throwIfAborted();
  const named = readTarget(plan.uri);
  refusePlaintext(named);
  const resolver = plan.dnsServer === undefined ? own.resolver : nameServer(plan.dnsServer);
  const context = { now, cwd, resolver };
  await tryOptions(plan, named, context);
  const settings = await readTlsSettings(named, context.cwd, signal);
  const stages = new StageLog(observe, context.now);
  const bounds = { signal, timeoutMs: plan.timeoutMs };
  const { uri, target } = await reach(plan.uri, settings, context, stages, bounds);
  const client = await openSession(uri, target, plan, context, stages, signal);
  try {
    return await useSession(client, plan, stages, signal);
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
