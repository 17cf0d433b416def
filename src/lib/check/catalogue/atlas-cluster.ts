import type { Comparison } from '../../core/check-run.ts';
import { proxyFor } from '../../net/proxy.ts';
import type { AtlasAccessListEntry, AtlasCluster } from '../../ports/atlas.ts';
import { admittedBy } from '../access-list.ts';
import * as failures from '../atlas-failures.ts';
import { entriesOf, refuseUnreadable } from '../atlas-list.ts';
import { check } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { clusterFault, clusterNotFound, clusterOfUri } from '../cluster.ts';
import { fail, pass, skip, unseen, warn } from '../outcome.ts';
import { soonDeleted } from '../temporary-entry.ts';
import { askAtlas, atlasApi, hasDatabase, projectOf } from './atlas-api.ts';
import { mongoHello, mongoTcp, mongoTls } from './mongo.ts';

export const atlasCluster = check<AtlasCluster>({
  id: 'atlas.cluster',
  title: 'the cluster is running, and its tier and version support the mechanism',
  link: 'cluster',
  needs: [atlasApi],
  asked: hasDatabase,
  sharedBy: (world) => {
    const { uri, mechanisms } = world.plan.database ?? {};
    return JSON.stringify([projectOf(world), world.target.atlasCluster, uri?.shown, mechanisms]);
  },
  async run({ context, target, plan }, facts) {
    return askAtlas(facts, 'the state, tier and version of the cluster', async ({ atlas, id }) => {
      const listed = await atlas.clusters(id, context.signal);
      const clusters = entriesOf(listed, (name) => name === target.atlasCluster);
      const cluster = clusterOfUri(clusters, target.atlasCluster, plan.database?.uri ?? null);
      if (cluster === null) {
        refuseUnreadable(listed);
        return unseen(clusterNotFound(clusters, target.atlasCluster), 'skip');
      }
      const failure = clusterFault(cluster, plan.database?.mechanisms ?? [], id);
      if (failure !== null) return fail(failure);
      const { name, instanceSize, mongoDBVersion, stateName } = cluster;
      return pass(`${name}: ${instanceSize}, MongoDB ${mongoDBVersion}, ${stateName}`, cluster);
    });
  },
});

/**
 * Failures that occur if the IP access list blocks an address. The connection times out, or it is closed or
 * reset during the TLS handshake (facts/mongodb.md 9).
 */
const KEPT_OUT: ReadonlySet<string> = new Set([
  'mongo.connect-timeout',
  'mongo.tls-refused',
  'mongo.tls-failed',
  'mongo.tls-timeout',
  'mongo.hello-failed',
  'mongo.hello-timeout',
]);

/**
 * Fails if the IP access list has no active entry for the IP address of this machine, and the connection
 * failed with a code in KEPT_OUT. If the cluster is reachable, for example through a private endpoint, a
 * missing entry is not a failure.
 */
export const atlasAccessList = check<null>({
  id: 'atlas.access-list',
  title: 'the IP access list of the project includes the IP address of this machine',
  link: 'cluster',
  needs: [atlasApi],
  evidence: () => [mongoTcp, mongoTls, mongoHello],
  asked: hasDatabase,
  async run({ context, options }, facts) {
    return askAtlas(facts, 'the IP access list', async ({ atlas, id }) => {
      if (proxyFor(new URL(atlas.url), context.env) !== null) {
        return skip(
          'the Atlas API is called through a proxy and reports the IP address of the proxy, not of this machine',
        );
      }
      const { signal } = context;
      const [address, listed] = await Promise.all([atlas.ownAddress(signal), atlas.accessList(id, signal)]);
      const { entries } = listed;
      const unreached = [mongoTcp, mongoTls, mongoHello].flatMap((each) => facts.failureOf(each) ?? []);
      const keptOut = unreached.some(({ code }) => KEPT_OUT.has(code));
      const entry = admittedBy(address, entries);
      const comparisons = [listComparison(address, entries, entry !== null)];
      if (entry !== null) {
        const status = keptOut ? await atlas.accessListStatus(id, entry, signal) : 'ACTIVE';
        if (status !== 'ACTIVE') return fail(failures.notInForce(entry, status, id), { comparisons });
        const what = `The entry ${entry.cidrBlock} of the IP access list`;
        const caution = soonDeleted(what, entry.deleteAfterDate, options, context.now());
        if (caution !== null) return warn(caution, null, { comparisons });
        return pass(`${address} is in ${entry.cidrBlock}`, null, { comparisons });
      }
      refuseUnreadable(listed);
      const missing = failures.notListed(address, id);
      if (keptOut) return fail(missing, { comparisons });
      const [other] = unreached;
      if (other === undefined) {
        const how = 'but the cluster is reachable through a private endpoint or peering connection';
        return pass(`${address} is not on the IP access list, ${how}`, null);
      }
      const message = `${address} is not on the IP access list, but this is not the cause of the failure ${other.code}.`;
      return warn(missing.with({ message }), null, { comparisons });
    });
  },
});

function listComparison(
  address: string,
  entries: readonly AtlasAccessListEntry[],
  matches: boolean,
): Comparison {
  const blocks = entries.flatMap(({ cidrBlock }) => cidrBlock ?? []);
  return { ...compare('address', address, blocks, 'the IP access list'), matches };
}
