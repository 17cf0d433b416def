import { isFedctlError } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasCluster } from './catalogue/atlas-cluster.ts';
import type { Facts } from './check.ts';
import { keysShown, tokenShown } from './server-user.ts';
import type { World } from './world.ts';

/**
 * The time between the start of the search period and the login, in milliseconds. The search period starts
 * before the login, because clocks differ and the access history contains times in whole seconds.
 */
const BEFORE_MS = 60_000;

/**
 * Returns the reason for this rejected login from the Atlas access history. Returns null if the access
 * history cannot be read or does not contain the reason yet.
 */
export async function serverReason(
  mechanism: Mechanism,
  { context }: World,
  facts: Facts,
  startedAt: Date,
): Promise<string | null> {
  const project = await facts.when(atlasApi);
  const cluster = await facts.when(atlasCluster);
  if (project === null || cluster === null) return null;
  const since = new Date(startedAt.getTime() - BEFORE_MS);
  try {
    const logins = await project.atlas.accessHistory(project.id, cluster.name, since, context.signal);
    const recent = logins.filter(({ at, accepted }) => !accepted && at !== null && at >= since);
    const address = recent.some(({ username }) => username === '')
      ? await project.atlas.ownAddress(context.signal)
      : null;
    const shown = mechanism === 'MONGODB-OIDC' ? tokenShown(facts) : keysShown(facts);
    const refused = recent.find(
      ({ username, ipAddress, failureReason }) =>
        failureReason !== null &&
        // If the server could not determine the user name, the name is empty. In this case, the IP address
        // identifies this client.
        (username === '' ? ipAddress === address : shown?.matches(username) === true),
    );
    const reason = refused?.failureReason ?? null;
    return reason === null ? null : reason.replace(/\.$/, '');
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}
