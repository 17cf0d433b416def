import { isFedctlError } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasCluster } from './catalogue/atlas-cluster.ts';
import type { Facts } from './check.ts';
import { keysShown, tokenShown } from './server-user.ts';
import type { World } from './world.ts';

/**
 * In milliseconds. Clocks differ and the history has whole seconds, so entries from this long before the
 * login count too.
 */
const BEFORE_MS = 60_000;

/**
 * Returns the reason of the cluster's log for this login, from the Atlas access history; null when it arrives
 * late or this credential has no permission to read it.
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
        // A server that could not determine a name leaves it empty. The address distinguishes the entry from
        // those of other clients.
        (username === '' ? ipAddress === address : shown?.matches(username) === true),
    );
    const reason = refused?.failureReason ?? null;
    return reason === null ? null : reason.replace(/\.$/, '');
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}
