import type { AtlasLogin } from '../atlas-port.ts';
import type { Mechanism } from '../connection.ts';
import { isFedctlError } from '../errors.ts';
import { printable } from '../printable.ts';
import { atlasApi } from './catalogue/atlas-api.ts';
import { atlasCluster } from './catalogue/atlas-cluster.ts';
import { callerOf } from './catalogue/aws.ts';
import { tokenOf } from './catalogue/token.ts';
import type { Facts } from './check.ts';
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
    const refused = logins.find((login) => isOurs(login, mechanism, facts));
    return refused?.failureReason === undefined || refused.failureReason === null
      ? null
      : printable(refused.failureReason).replace(/\.$/, '');
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}

/** Refused, and by the name of whoever logged in; a server that could not tell the name leaves it out. */
function isOurs(
  { accepted, username, failureReason }: AtlasLogin,
  mechanism: Mechanism,
  facts: Facts,
): boolean {
  if (accepted || failureReason === null) return false;
  const subject = mechanism === 'MONGODB-OIDC' ? tokenOf(facts)?.subject : callerOf(facts)?.subject.arn;
  return username === '' || (subject != null && username.includes(subject));
}
