import { isFedctlError } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasCluster } from './catalogue/atlas-cluster.ts';
import type { Facts } from './check.ts';
import { keysShown, tokenShown } from './server-user.ts';
import type { World } from './world.ts';

/** Clocks differ, and the history has whole seconds: entries from so long before the login count. Milliseconds. */
const BEFORE_MS = 60_000;

/**
 * What the cluster's log says of this very login, by Atlas's access history. It may come late, or not be told to this
 * credential: then there is none.
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
        // A server that could not tell a name: told from the entries of others by the address it came from.
        (username === '' ? ipAddress === address : shown?.matches(username) === true),
    );
    const reason = refused?.failureReason ?? null;
    return reason === null ? null : reason.replace(/\.$/, '');
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}
