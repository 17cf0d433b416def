import type { Atlas, AtlasCluster, AtlasDatabaseUser, AtlasIdentityProvider } from '../../atlas-port.ts';
import { type FedctlError, isFedctlError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { decideArn } from '../../trust/decide-arn.ts';
import { decideToken } from '../../trust/decide-token.ts';
import { admittedBy } from '../access-list.ts';
import * as failures from '../atlas-failures.ts';
import { check, type Facts, fail, type Outcome, pass, skip, warn } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { clusterFault, clusterOfUri } from '../cluster.ts';
import { arnRefused, subjectRefused } from '../database-user.ts';
import { findProvider } from '../identity-provider.ts';
import { rememberedAtlas } from '../remembered-atlas.ts';
import type { World } from '../world.ts';
import { awsIdentity, required, stsRole } from './aws.ts';
import { mongoHello, mongoTcp, mongoTls } from './mongo.ts';
import { expectedIssuer, iamFederation, TOKEN, tokenOf } from './token.ts';

/** A project of Atlas that can be asked. */
export interface AtlasProject {
  readonly atlas: Atlas;
  readonly id: string;
  readonly organizationId: string;
}

const hasDatabase = ({ plan }: World) => plan.database !== null;
const byOidc = ({ plan }: World) => plan.database?.mechanisms.includes('MONGODB-OIDC') === true;
const byAws = ({ plan }: World) => plan.database?.mechanisms.includes('MONGODB-AWS') === true;

const projectOf = ({ target, options }: World) => target.atlasProject ?? options.atlasProject;
const projectKey = (world: World) => projectOf(world);

/**
 * Not part of the chain, but the way to see the half of it that Atlas keeps: what goes wrong here is a warning, and the
 * checks that wanted to look are skipped.
 */
export const atlasApi = check<AtlasProject | null>({
  id: 'atlas.api',
  title: 'the Atlas Administration API answers',
  link: 'identity-provider',
  needs: [],
  asked: hasDatabase,
  sharedBy: projectKey,
  async run(world) {
    const { context, options } = world;
    const id = projectOf(world);
    if (options.atlas === null) {
      return skip(
        'no credentials of the Atlas API are set (MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET): ' +
          'identity provider, database users, IP access list and cluster are not looked at',
      );
    }
    if (id === null) return skip('no project of Atlas is named: add --atlas-project <id>');
    try {
      const atlas = rememberedAtlas(await context.atlas(options.atlas));
      const project = await atlas.project(id, context.signal);
      const detail = `project ${project.name} (${project.id}) at ${atlas.url}`;
      return pass(printable(detail), { atlas, id, organizationId: project.organizationId });
    } catch (error) {
      if (!isFedctlError(error)) throw error;
      return warn(error, null);
    }
  },
});

/** The identity provider in Atlas that is meant for the token of the chain. */
export interface Trusted {
  readonly federationSettingsId: string;
  readonly provider: AtlasIdentityProvider;
}

export const atlasIdentityProvider = check<Trusted>({
  id: 'atlas.identity-provider',
  title: 'Atlas has an identity provider for the issuer and the audience',
  link: 'identity-provider',
  needs: [atlasApi],
  evidence: [iamFederation, ...TOKEN],
  asked: byOidc,
  sharedBy: (world, facts) => JSON.stringify([projectOf(world), namedByToken(world, facts)]),
  async run(world, facts) {
    const named = namedByToken(world, facts);
    return askAtlas(facts, 'issuer, audience and user claim of the identity provider', async (project) => {
      const { atlas, organizationId } = project;
      const { signal } = world.context;
      if (named.issuer === null || named.audience === null) return skip('no issuer and audience are known');
      const federation = await atlas.federationSettingsId(organizationId, signal);
      if (federation === null) return fail(failures.noFederation(organizationId));
      const found = findProvider(
        named.issuer,
        named.audience,
        await atlas.identityProviders(federation, signal),
      );
      const comparisons = comparisonsOf(named.issuer, named.audience, found.provider);
      if (found.failure !== null) return fail(found.failure, { comparisons });
      const { displayName, id } = found.provider;
      const fact = { federationSettingsId: federation, provider: found.provider };
      return pass(printable(`"${displayName}" (${id})`), fact, { comparisons });
    });
  },
});

/** Issuer and audience as the token has them, or as the token that could not be minted would. */
function namedByToken(world: World, facts: Facts) {
  const token = tokenOf(facts);
  return {
    issuer: token?.issuer ?? expectedIssuer(world, facts),
    audience: token?.audience[0] ?? world.target.audience,
  };
}

function comparisonsOf(issuer: string, audience: string, provider: AtlasIdentityProvider | null) {
  if (provider === null) return [];
  const by = `identity provider "${provider.displayName}"`;
  return [
    compare('iss', issuer, [provider.issuer], by),
    compare('aud', audience, [provider.audience], by),
    { ...compare('user claim', 'sub', [provider.userClaim], by) },
  ];
}

export const atlasOrganizationLink = check<null>({
  id: 'atlas.organization-link',
  title: 'the organization of the cluster is connected to the identity provider',
  link: 'identity-provider',
  needs: [atlasIdentityProvider],
  asked: byOidc,
  async run({ context }, facts) {
    return askAtlas(facts, 'whether the organization is connected', async ({ atlas, organizationId }) => {
      const trusted = facts.of(atlasIdentityProvider);
      if (trusted === null) return skip('no identity provider is known');
      const { federationSettingsId, provider } = trusted;
      const connected = await atlas.connectedIdentityProviderIds(
        federationSettingsId,
        organizationId,
        context.signal,
      );
      if (connected.includes(provider.id)) return pass(`organization ${organizationId}`, null);
      return fail(failures.notConnected(provider, organizationId));
    });
  },
});

export const atlasCluster = check<AtlasCluster>({
  id: 'atlas.cluster',
  title: 'the cluster runs, and its tier and version know the mechanism',
  link: 'cluster',
  needs: [atlasApi],
  asked: hasDatabase,
  sharedBy: (world) =>
    JSON.stringify([projectOf(world), world.target.atlasCluster, world.plan.database?.uri]),
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

export const atlasOidcUser = check<AtlasDatabaseUser>({
  id: 'atlas.oidc.database-user',
  title: 'there is a database user for the subject of the token',
  link: 'database-user',
  needs: [atlasIdentityProvider],
  evidence: [awsIdentity, stsRole, atlasCluster, ...TOKEN],
  asked: byOidc,
  async run(world, facts) {
    return askAtlas(facts, 'the database user', async ({ atlas, id }) => {
      const token = tokenOf(facts);
      const provider = facts.of(atlasIdentityProvider)?.provider;
      if (token === null || provider === undefined) return skip('no token or identity provider is known');
      const users = await atlas.databaseUsers(id, world.context.signal);
      const claims = { iss: token.issuer, aud: [...token.audience], sub: token.subject };
      const parties = { identityProviders: [provider], databaseUsers: users };
      const decision = decideToken(claims, parties, placeOf(world, facts));
      const username = `${provider.id}/${token.subject}`;
      if (!decision.accepted) return subjectRefused(decision.refusal, username, id);
      return userOutcome(username, users);
    });
  },
});

export const atlasAwsUser = check<AtlasDatabaseUser>({
  id: 'atlas.aws.database-user',
  title: 'there is a database user for the ARN of the caller',
  link: 'database-user',
  needs: [atlasApi],
  evidence: [awsIdentity, stsRole, atlasCluster],
  asked: byAws,
  async run(world, facts) {
    return askAtlas(facts, 'the database user', async ({ atlas, id }) => {
      const caller = facts.of(stsRole)?.caller ?? facts.of(awsIdentity);
      if (caller === null) return skip('nobody knows who the caller is');
      const users = await atlas.databaseUsers(id, world.context.signal);
      const decision = decideArn(caller.arn, users, placeOf(world, facts));
      if (!decision.accepted) return arnRefused(decision.refusal, caller, id);
      return userOutcome(decision.principal.username, users);
    });
  },
});

function placeOf({ context }: World, facts: Facts) {
  const cluster = facts.of(atlasCluster);
  return cluster === null ? null : { cluster: cluster.name, now: context.now() };
}

function userOutcome(username: string, users: readonly AtlasDatabaseUser[]): Outcome<AtlasDatabaseUser> {
  const user = required(users.find((each) => each.username === username) ?? null);
  const roles = user.roles.map(({ role, db }) => `${role}@${db}`).join(', ');
  const comparisons = [compare('database user', username, [user.username], 'the project')];
  return pass(printable(`${username}, ${roles === '' ? 'no roles' : roles}`), user, { comparisons });
}

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

/** Failures that say nothing of the chain, only that this credential may not look. */
const NOT_SEEN: ReadonlySet<string> = new Set(['atlas.role-missing', 'atlas.api-access-list']);

/** Asks what only Atlas knows; where it cannot be asked, that is no fault of the chain. */
async function askAtlas<Fact>(
  facts: Facts,
  what: string,
  ask: (project: AtlasProject) => Promise<Outcome<Fact>>,
): Promise<Outcome<Fact>> {
  const project = facts.of(atlasApi);
  if (project === null) return skip(`the Atlas API would tell ${what}`);
  try {
    return await ask(project);
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return skip(`the Atlas API would tell ${what}: ${unseen(error)}`);
  }
}

function unseen(error: FedctlError): string {
  const what = NOT_SEEN.has(error.code) ? 'the credential may not look' : error.message.replace(/\.$/, '');
  return `${what} (${error.code})`;
}
