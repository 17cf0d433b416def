import type { AtlasDatabaseUser, AtlasIdentityProvider } from '../../ports/atlas.ts';
import { decideArn } from '../../trust/decide-arn.ts';
import { decideToken } from '../../trust/decide-token.ts';
import { EXTERNAL } from '../../trust/relying-party.ts';
import * as failures from '../atlas-failures.ts';
import { entriesOf } from '../atlas-list.ts';
import { check, type Facts } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { arnRefused, subjectRefused } from '../database-user.ts';
import { findProvider } from '../identity-provider.ts';
import { missingAudience, unknownIssuer } from '../missing-input.ts';
import { fail, type Outcome, pass, skip, unseen, warn } from '../outcome.ts';
import { soonDeleted } from '../temporary-entry.ts';
import type { World } from '../world.ts';
import { askAtlas, atlasApi, byAws, byOidc, projectOf } from './atlas-api.ts';
import { atlasCluster } from './atlas-cluster.ts';
import { awsIdentity, callerOf, stsRole } from './aws.ts';
import { expectedIssuer, iamFederation, TOKEN_SOURCES, tokenOf } from './token.ts';

/** The identity provider in Atlas that matches the issuer and audience of the token. */
export interface Trusted {
  readonly federationSettingsId: string;
  readonly provider: AtlasIdentityProvider;
}

export const atlasIdentityProvider = check<Trusted>({
  id: 'atlas.identity-provider',
  title: 'Atlas has an identity provider for the issuer and the audience',
  link: 'identity-provider',
  needs: [atlasApi],
  evidence: () => [iamFederation, ...TOKEN_SOURCES],
  asked: byOidc,
  sharedBy: (world, facts) => JSON.stringify([projectOf(world), namedByToken(world, facts)]),
  async run(world, facts) {
    const named = namedByToken(world, facts);
    return askAtlas(
      facts,
      'the issuer, audience and user claim of the identity provider',
      async (project) => {
        const { atlas, organizationId } = project;
        const { signal } = world.context;
        if (named.audience.length === 0) return unseen(missingAudience(), 'skip');
        if (named.issuer === null) return unseen(unknownIssuer(), 'skip');
        const federation = await atlas.federationSettingsId(organizationId, signal);
        if (federation === null) return fail(failures.noFederation(organizationId));
        const { issuer, audience } = named;
        const listed = await atlas.identityProviders(federation, signal);
        const providers = entriesOf(listed, (name) => name === issuer);
        const found = findProvider(issuer, audience, providers, federation);
        const comparisons = comparisonsOf(issuer, audience, found.provider);
        if (found.failure !== null) return fail(found.failure, { comparisons });
        const { displayName, id } = found.provider;
        const fact = { federationSettingsId: federation, provider: found.provider };
        return pass(`"${displayName}" (${id})`, fact, { comparisons });
      },
    );
  },
});

/**
 * Returns the issuer and audience of the token. If there is no token, returns the expected issuer and
 * audience.
 */
function namedByToken(world: World, facts: Facts) {
  const token = tokenOf(facts);
  return {
    issuer: token?.issuer ?? expectedIssuer(world, facts),
    audience: token?.audience ?? (world.target.audience === null ? [] : [world.target.audience]),
  };
}

function comparisonsOf(issuer: string, audience: readonly string[], provider: AtlasIdentityProvider | null) {
  if (provider === null) return [];
  const by = `identity provider "${provider.displayName}"`;
  return [
    compare('iss', issuer, [provider.issuer], by),
    {
      ...compare('aud', audience.join(', '), [provider.audience], by),
      matches: audience.includes(provider.audience),
    },
    compare('user claim', 'sub', [provider.userClaim], by),
  ];
}

export const atlasOrganizationLink = check<null>({
  id: 'atlas.organization-link',
  title: 'the organization of the cluster is connected to the identity provider',
  link: 'identity-provider',
  needs: [atlasIdentityProvider],
  asked: byOidc,
  async run({ context }, facts) {
    return askAtlas(
      facts,
      'the connection between the organization and the identity provider',
      async ({ atlas, organizationId }) => {
        const trusted = facts.of(atlasIdentityProvider);
        if (trusted === null) return skip('the identity provider is unknown');
        const { federationSettingsId, provider } = trusted;
        const connected = await atlas.connectedIdentityProviderIds(
          federationSettingsId,
          organizationId,
          context.signal,
        );
        if (connected.includes(provider.id)) return pass(`organization ${organizationId}`, null);
        return fail(failures.notConnected(provider, federationSettingsId, organizationId));
      },
    );
  },
});

export const atlasOidcUser = check<AtlasDatabaseUser>({
  id: 'atlas.oidc.database-user',
  title: 'a database user exists for the subject of the token',
  link: 'database-user',
  needs: [atlasIdentityProvider],
  evidence: () => [awsIdentity, stsRole, atlasCluster, ...TOKEN_SOURCES],
  asked: byOidc,
  async run(world, facts) {
    return askAtlas(facts, 'the database user', async ({ atlas, id }) => {
      const token = tokenOf(facts);
      const provider = facts.of(atlasIdentityProvider)?.provider;
      if (token === null || provider === undefined)
        return skip('the token or the identity provider is unknown');
      const username = `${provider.id}/${token.subject}`;
      const listed = await atlas.databaseUsers(id, world.context.signal);
      const users = entriesOf(listed, (name) => name === username);
      const claims = { iss: token.issuer, aud: [...token.audience], sub: token.subject };
      const parties = { identityProviders: [provider], databaseUsers: users };
      const decision = decideToken(claims, parties, placeOf(world, facts));
      if (!decision.accepted) return subjectRefused(decision.refusal, username, { projectId: id, users });
      return listedUser(username, users, world);
    });
  },
});

export const atlasAwsUser = check<AtlasDatabaseUser>({
  id: 'atlas.aws.database-user',
  title: 'a database user exists for the ARN of the caller',
  link: 'database-user',
  needs: [atlasApi],
  evidence: () => [awsIdentity, stsRole, atlasCluster],
  asked: byAws,
  async run(world, facts) {
    return askAtlas(facts, 'the database user', async ({ atlas, id }) => {
      const caller = callerOf(facts);
      if (caller === null) return skip('the caller is unknown');
      const { arn } = caller.subject;
      const listed = await atlas.databaseUsers(id, world.context.signal);
      const users = entriesOf(listed, (name) => name === arn || name === caller.arn);
      const decision = decideArn(caller.arn, users, placeOf(world, facts));
      if (!decision.accepted) return arnRefused(decision.refusal, caller, { projectId: id, users });
      return listedUser(decision.principal.username, users, world);
    });
  },
});

function placeOf({ context }: World, facts: Facts) {
  const cluster = facts.of(atlasCluster);
  return cluster === null ? null : { cluster: cluster.name, now: context.now() };
}

function listedUser(
  username: string,
  users: readonly AtlasDatabaseUser[],
  { context, options }: World,
): Outcome<AtlasDatabaseUser> {
  const user = users.find((each) => each.username === username && each.database === EXTERNAL);
  if (user === undefined) throw new TypeError('the accepted database user is not in the list');
  const roles = user.roles.map(({ role, db }) => `${role}@${db}`).join(', ');
  const comparisons = [compare('database user', username, [user.username], 'the project')];
  const caution = soonDeleted('The database user', user.deleteAfterDate ?? null, options, context.now());
  if (caution !== null) return warn(caution, user, { comparisons });
  return pass(`${username}, ${roles === '' ? 'no roles' : roles}`, user, { comparisons });
}
