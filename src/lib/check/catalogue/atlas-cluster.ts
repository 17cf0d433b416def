import type { AtlasCluster } from '../../atlas-port.ts';
import { printable } from '../../printable.ts';
import { admittedBy } from '../access-list.ts';
import * as failures from '../atlas-failures.ts';
import { check, fail, pass, skip } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { clusterFault, clusterOfUri } from '../cluster.ts';
import { askAtlas, atlasApi, hasDatabase, projectOf } from './atlas-api.ts';
import { mongoHello, mongoTcp, mongoTls } from './mongo.ts';

export const atlasCluster = check<AtlasCluster>({
  id: 'atlas.cluster',
  title: 'the cluster runs, and its tier and version know the mechanism',
  link: 'cluster',
  needs: [atlasApi],
  asked: hasDatabase,
  sharedBy: (world) => {
    const { uri, mechanisms } = world.plan.database ?? {};
    return JSON.stringify([projectOf(world), world.target.atlasCluster, uri, mechanisms]);
  },
  async run({ context, target, plan }, facts) {
    return askAtlas(facts, 'state, tier and version of the cluster', async ({ atlas, id }) => {
      const clusters = await atlas.clusters(id, context.signal);
      const cluster = clusterOfUri(clusters, target.atlasCluster, plan.database?.address ?? null);
      if (cluster === null) {
        const known = clusters.map(({ name }) => name).join(', ');
        return skip(
          printable(`no cluster of the project has this address (${known}): add --atlas-cluster <name>`),
        );
      }
      const failure = clusterFault(cluster, plan.database?.mechanisms ?? [], id);
      if (failure !== null) return fail(failure);
      const { name, instanceSize, mongoDBVersion, stateName } = cluster;
      return pass(printable(`${name}: ${instanceSize}, MongoDB ${mongoDBVersion}, ${stateName}`), cluster);
    });
  },
});

/** A list that lacks the address says nothing where the cluster is reached all the same: over a private endpoint, say. */
export const atlasAccessList = check<null>({
  id: 'atlas.access-list',
  title: 'the IP access list of the project has the address of this machine',
  link: 'cluster',
  needs: [atlasApi],
  evidence: [mongoTcp, mongoTls, mongoHello],
  asked: hasDatabase,
  async run({ context }, facts) {
    return askAtlas(facts, 'the IP access list', async ({ atlas, id }) => {
      const { signal } = context;
      const [address, entries] = await Promise.all([atlas.ownAddress(signal), atlas.accessList(id, signal)]);
      const unreached = [mongoTcp, mongoTls, mongoHello].some((each) => facts.failureOf(each) !== null);
      const entry = admittedBy(address, entries);
      const comparisons = [
        {
          ...compare(
            'address',
            address,
            entries.flatMap(({ cidrBlock }) => cidrBlock ?? []),
            'the IP access list',
          ),
          matches: entry !== null,
        },
      ];
      if (entry === null) {
        const reached = `${address} is not on the list, and the cluster is reached all the same: over a private endpoint or a peering`;
        return unreached
          ? fail(failures.notListed(address, id), { comparisons })
          : pass(printable(reached), null);
      }
      const status = unreached ? await atlas.accessListStatus(id, entry, signal) : 'ACTIVE';
      if (status !== 'ACTIVE') return fail(failures.notInForce(entry, status, id), { comparisons });
      return pass(printable(`${address} is in ${entry.cidrBlock}`), null, { comparisons });
    });
  },
});
