import { isFedctlError } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasCluster } from './catalogue/atlas-cluster.ts';
import type { Facts } from './check.ts';
import { keysShown, tokenShown } from './server-user.ts';
import type { World } from './world.ts';

/**
 * In milliseconds. Includes entries from shortly before the login, because clocks differ and the access
 * history has whole seconds.
 */
const BEFORE_MS = 60_000;

/**
 * Returns the reason for this rejected login from the Atlas access history. Returns null if the reason has
 * not arrived yet, or if the credentials have no permission to read the access history.
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
        // The user name is empty if the server could not determine it. Then the IP address distinguishes this
        // client from other clients.
        (username === '' ? ipAddress === address : shown?.matches(username) === true),
    );
    const reason = refused?.failureReason ?? null;
    return reason === null ? null : reason.replace(/\.$/, '');
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}
