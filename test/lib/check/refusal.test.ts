import { describe, expect, test } from 'vitest';
import { type Caller, subjectOf } from '../../../src/lib/auth/identity.ts';
import { atlasApi } from '../../../src/lib/check/catalogue/atlas-api.ts';
import { atlasCluster } from '../../../src/lib/check/catalogue/atlas-cluster.ts';
import {
  atlasAwsUser,
  atlasIdentityProvider,
  atlasOidcUser,
  atlasOrganizationLink,
} from '../../../src/lib/check/catalogue/atlas-trust.ts';
import { awsIdentity } from '../../../src/lib/check/catalogue/aws.ts';
import { issuerDiscovery, issuerKeys, jwtSignature } from '../../../src/lib/check/catalogue/issuer.ts';
import { mongoHello } from '../../../src/lib/check/catalogue/mongo.ts';
import { jwtClaims, stsMint } from '../../../src/lib/check/catalogue/token.ts';
import type { Check, Facts } from '../../../src/lib/check/check.ts';
import { fail, type Outcome, pass, skip } from '../../../src/lib/check/outcome.ts';
import { type Explained, explainRefusal } from '../../../src/lib/check/refusal.ts';
import type { World } from '../../../src/lib/check/world.ts';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import type { Atlas, AtlasCluster, AtlasIdentityProvider, AtlasLogin } from '../../../src/lib/ports/atlas.ts';
import type { Mechanism } from '../../../src/lib/ports/mongo.ts';
import { checkWorld } from '../../support/check-world.ts';
import { NOW, SUBJECT, TOKEN } from '../../support/login.ts';
import { memoryContext } from '../../support/memory-context.ts';

const REFUSED = new FedctlError('mongo.oidc-refused', { message: 'No.', details: { code: 18 } });
const KEYS_REFUSED = new FedctlError('mongo.aws-refused', { message: 'No.' });
const MISSING = new FedctlError('atlas.database-user-missing', { message: 'Nobody.', remedy: 'make one' });
const ARN = 'arn:aws:sts::123456789012:assumed-role/app/me';

const CALLER: Caller = {
  account: '123456789012',
  arn: ARN,
  userId: 'AROA',
  subject: subjectOf(ARN),
  region: { name: 'eu-central-1', source: '--region' },
  overrides: [],
};

const PROVIDER: AtlasIdentityProvider = {
  id: '0123456789abcdef01234567',
  displayName: 'prod',
  issuer: TOKEN.issuer,
  audience: 'my-atlas',
  userClaim: 'sub',
  groupsClaim: 'groups',
  authorizationType: 'USER',
};

const USER = `${PROVIDER.id}/${SUBJECT}`;

/** How the checks end that a refusal is explained by: instead of the questions that the catalogue's own ask. */
type Ends = ReadonlyMap<Check, Outcome<unknown>>;

const decoded = pass(null, {});

function blind(): Map<Check, Outcome<unknown>> {
  return new Map<Check, Outcome<unknown>>([
    [awsIdentity, pass(null, CALLER)],
    [stsMint, pass(null, TOKEN)],
    [jwtClaims, decoded],
    [issuerDiscovery, pass(null, null)],
    [issuerKeys, pass(null, { keys: [] })],
    [jwtSignature, pass(null, null)],
    [atlasApi, skip('no credentials')],
    [atlasIdentityProvider, skip('no credentials')],
    [atlasOrganizationLink, skip('no credentials')],
    [atlasOidcUser, skip('no credentials')],
    [atlasAwsUser, skip('no credentials')],
    [atlasCluster, skip('no credentials')],
  ]);
}

function seeing(logins: readonly AtlasLogin[] = []): Map<Check, Outcome<unknown>> {
  const notAsked = () => {
    throw new Error('nobody asks for this');
  };
  const atlas: Atlas = {
    url: 'https://atlas.test',
    project: notAsked,
    federationSettingsId: notAsked,
    identityProviders: notAsked,
    connectedIdentityProviderIds: notAsked,
    databaseUsers: notAsked,
    accessList: notAsked,
    accessListStatus: notAsked,
    clusters: notAsked,
    accessHistory: async () => logins,
    ownAddress: async () => '203.0.113.9',
  };
  const cluster: AtlasCluster = {
    name: 'prod',
    instanceSize: 'M10',
    stateName: 'IDLE',
    paused: false,
    mongoDBVersion: '8.0.13',
    connectionStrings: [],
  };
  return new Map<Check, Outcome<unknown>>([
    ...blind(),
    [atlasApi, pass(null, { atlas, id: 'p1', organizationId: 'o1' })],
    [atlasIdentityProvider, pass(null, { federationSettingsId: 'f1', provider: PROVIDER })],
    [atlasOrganizationLink, pass(null, null)],
    [atlasOidcUser, pass(null, { username: USER })],
    [atlasAwsUser, pass(null, { username: 'arn:aws:iam::123456789012:role/app' })],
    [atlasCluster, pass(null, cluster)],
  ]);
}

function world(): World {
  return checkWorld({ context: memoryContext({ now: () => NOW }) });
}

function explain(ends: Ends, failure = REFUSED, mechanism: Mechanism = 'MONGODB-OIDC'): Promise<Explained> {
  return explainRefusal(mechanism, failure, world(), factsOf(ends), NOW);
}

/** What checks left that ended so. */
function factsOf(ends: Ends): Facts {
  const of = <Fact>(one: Check<Fact>): Fact | null => {
    const end = ends.get(one);
    // A check's fact has the type that the check was defined with; the map cannot say so.
    return (end !== undefined && 'fact' in end ? end.fact : null) as Fact | null;
  };
  const failureOf = (one: Check) => {
    const end = ends.get(one);
    return end?.status === 'fail' ? end.failure : null;
  };
  return {
    of,
    needed: (one) => {
      const fact = of(one);
      if (fact === null) throw new Error(`${one.id} left nothing`);
      return fact;
    },
    when: async (one) => of(one),
    failureOf,
    resultOf: (one) => {
      const end = ends.get(one);
      const failure = failureOf(one);
      if (end === undefined) return null;
      return {
        id: one.id,
        title: one.title,
        link: one.link,
        status: end.status === 'unseen' ? 'skip' : end.status,
        detail: null,
        notes: [],
        code: failure?.code ?? null,
        cause: failure?.likelyCause ?? null,
        remedy: failure?.remedy ?? null,
        command: null,
        comparisons: [],
        startedAt: NOW,
        ms: 0,
      };
    },
  };
}

const login = (changes: Partial<AtlasLogin> = {}): AtlasLogin => ({
  at: NOW,
  username: USER,
  ipAddress: '203.0.113.9',
  accepted: false,
  failureReason: 'UserNotFound: Could not find user.',
  ...changes,
});

describe('without Atlas', () => {
  test('a refused token says what is ruled out and what remains', async () => {
    const { failure, notes, comparisons } = await explain(blind());
    expect(failure).toMatchObject({ code: 'mongo.oidc-refused', message: 'No.' });
    expect(notes).toEqual([
      'Ruled out: expired token (by the clock of this machine).',
      'Ruled out: invalid signature.',
      'Possible cause: the identity provider in Atlas is missing, or has a different issuer, audience or user claim.',
      'Possible cause: the organization of the cluster is not connected to the identity provider.',
      'Possible cause: $external has no database user <idpId>/<subject> of type USER for this cluster.',
    ]);
    expect(failure.details).toMatchObject({
      code: 18,
      ruledOut: expect.any(Array),
      possible: expect.any(Array),
    });
    expect(comparisons.map(({ what, matches }) => `${what} ${matches}`)).toEqual([
      'iss true',
      'aud true',
      'sub true',
      'exp true',
      'alg true',
      'kid true',
    ]);
  });

  test('refused keys say the same of themselves', async () => {
    const { failure, notes, comparisons } = await explain(blind(), KEYS_REFUSED, 'MONGODB-AWS');
    expect({ code: failure.code, remedy: failure.remedy }).toEqual({
      code: 'mongo.aws-refused',
      remedy:
        'Check that Atlas has the database user arn:aws:iam::123456789012:role/app in $external, AWS IAM type ROLE. If MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET and MONGODB_ATLAS_PROJECT_ID are set, "fedctl check" performs this step.',
    });
    expect(notes).toEqual([
      'Ruled out: AWS credentials that AWS rejects.',
      'Possible cause: $external has no database user whose name is this ARN and whose type is the type of the principal.',
    ]);
    expect(comparisons).toEqual([
      {
        what: 'arn',
        seen: 'arn:aws:iam::123456789012:role/app',
        expected: [],
        by: 'the database user',
        matches: true,
      },
    ]);
  });
});

describe('with Atlas', () => {
  test('what was found above is the cause, and its remedy what to type', async () => {
    const { failure, notes } = await explain(seeing().set(atlasOidcUser, fail(MISSING)));
    expect(failure).toMatchObject({
      code: 'mongo.oidc-refused',
      likelyCause: 'See atlas.oidc.database-user above (atlas.database-user-missing).',
      remedy: 'make one',
    });
    expect(notes).toEqual([]);
  });

  test('where all is well it is the cluster that lags behind, and nobody is told to set what is set', async () => {
    const { failure, notes } = await explain(seeing());
    expect({ cause: failure.likelyCause, remedy: failure.remedy, command: failure.command }).toEqual({
      cause:
        'No Atlas check failed. Atlas may still be deploying a recent change to the cluster. The reason for the rejected login may appear in the Atlas access history later.',
      remedy: 'Check again until Atlas has deployed all changes to the cluster.',
      command: rerun({ set: { '--wait': '2m' } }),
    });
    expect(notes).toEqual([
      'Ruled out: expired token (by the clock of this machine).',
      'Ruled out: invalid signature.',
      'Ruled out: identity provider with a different issuer, audience or user claim.',
      'Ruled out: organization not connected to the identity provider.',
      'Ruled out: missing database user.',
    ]);
  });

  const saying = (failureReason: string) => seeing([login({ failureReason })]);

  test.each([
    ['BadValue: Token is expired', 'jwt.expired'],
    ["BadValue: Unknown JWT keyId << 'RSA_7'", 'jwt.key-unknown'],
    ['BadValue: Only RSA key types are accepted at this time.', 'jwt.algorithm-refused'],
    [`UserNotFound: Could not find user "${USER}" for db "$external"`, 'atlas.database-user-missing'],
    ['AuthenticationFailed: connect ECONNREFUSED 192.0.2.7:443', 'mongo.oidc-refused'],
  ])('the reason in the log of the server decides: %s', async (reason, code) => {
    const { failure, notes } = await explain(saying(reason));
    expect(failure.code).toBe(code);
    expect(failure.likelyCause).toContain(`Reason in the server log: ${reason.replace(/\.$/, '')}.`);
    expect(notes).toEqual([`Reason in the server log: ${reason.replace(/\.$/, '')}.`]);
    expect(failure.details).toMatchObject({ code: 18, serverReason: reason.replace(/\.$/, '') });
  });

  test('a key set that the server rejects is no matter of the algorithm of the token', async () => {
    const { failure } = await explain(saying('Only RSA key types are accepted at this time'));
    expect({ remedy: failure.remedy, command: failure.command }).toEqual({
      remedy: 'Upgrade the cluster to a release that ignores EC keys, such as MongoDB 8.0.',
      command: null,
    });
  });

  test('a user that Atlas has and the cluster has not is still being deployed', async () => {
    const { failure } = await explain(saying(`Could not find user "${USER}" for db "$external"`));
    expect(failure).toMatchObject({
      code: 'atlas.database-user-missing',
      remedy: 'Check again until Atlas has deployed all changes to the cluster.',
      command: rerun({ set: { '--wait': '2m' } }),
    });
  });

  test('a reason that nobody knows is the cause, as it is', async () => {
    const { failure } = await explain(saying('BadValue: clouds over Paris'));
    expect(failure).toMatchObject({
      code: 'mongo.oidc-refused',
      likelyCause: 'Reason in the server log: BadValue: clouds over Paris.',
      remedy: 'Fix the problem that the server log reports.',
      command: null,
    });
  });

  test('an issuer that cannot be reached is the cause, where the server says nothing else', async () => {
    const unreachable = new FedctlError('issuer.unreachable', { message: 'No.', remedy: 'open it' });
    const ends = saying('AuthenticationFailed: connect ECONNREFUSED 192.0.2.7:443')
      .set(issuerDiscovery, fail(unreachable))
      .set(jwtSignature, skip('not tried'));
    expect((await explain(ends)).failure).toMatchObject({
      code: 'mongo.oidc-refused',
      likelyCause: 'See issuer.discovery above (issuer.unreachable).',
      remedy: 'open it',
    });
    const other = saying(`Could not find user "${USER}" for db "$external"`)
      .set(issuerDiscovery, fail(unreachable))
      .set(jwtSignature, skip('not tried'));
    expect((await explain(other)).failure.code).toBe('atlas.database-user-missing');
  });

  test.each([
    ['ours', login(), true],
    ['ours, of another identity provider', login({ username: `ffffffffffffffffffffffff/${SUBJECT}` }), true],
    ['ours, without a name', login({ username: '' }), true],
    ['ours by a clock that is behind', login({ at: new Date(NOW.getTime() - 59_000) }), true],
    ['of somebody whose name begins as ours', login({ username: `${USER}-2` }), false],
    ['of somebody whose name ends as ours', login({ username: `x${SUBJECT}` }), false],
    ['of somebody else', login({ username: 'somebody' }), false],
    ['without a name, from elsewhere', login({ username: '', ipAddress: '198.51.100.1' }), false],
    ['ours that was let in', login({ accepted: true, failureReason: null }), false],
    ['ours without a reason', login({ failureReason: null }), false],
    ['ours of long ago', login({ at: new Date(NOW.getTime() - 61_000) }), false],
    ['of nobody knows when', login({ at: null }), false],
  ])('the entry of the access history is told if it is ours: %s', async (_what, entry, isTold) => {
    const { notes } = await explain(seeing([entry]));
    const said = notes.filter((note) => note.startsWith('Reason in the server log'));
    expect(said).toEqual(isTold ? ['Reason in the server log: UserNotFound: Could not find user.'] : []);
  });

  test('the newest entry that is ours counts', async () => {
    const other = login({ username: 'somebody', failureReason: 'Other' });
    const old = login({ failureReason: 'Old' });
    const { notes } = await explain(seeing([other, login({ failureReason: 'New.' }), old]));
    expect(notes[0]).toBe('Reason in the server log: New.');
  });

  test.each([ARN, 'arn:aws:iam::123456789012:role/app'])('keys are known by %s', async (username) => {
    const { notes } = await explain(seeing([login({ username })]), KEYS_REFUSED, 'MONGODB-AWS');
    expect(notes[0]).toBe('Reason in the server log: UserNotFound: Could not find user.');
    const another = await explain(seeing([login({ username: `${username}2` })]), KEYS_REFUSED, 'MONGODB-AWS');
    expect(another.notes[0]).toBe('Ruled out: AWS credentials that AWS rejects.');
  });
});

describe('an algorithm that the server cannot know', () => {
  const hello = (wireVersion: number) =>
    pass(null, {
      event: {
        id: 'hello',
        status: 'pass',
        startedAt: NOW,
        ms: 1,
        detail: '',
        facts: { stage: 'hello', wireVersion, replicaSet: null, primary: null },
      },
    });

  test.each([
    [25, 'ES384', 'jwt.algorithm-refused'],
    [26, 'ES384', 'mongo.oidc-refused'],
    [25, 'RS256', 'mongo.oidc-refused'],
  ])('wire version %d, %s: %s', async (version, algorithm, code) => {
    const ends = blind()
      .set(stsMint, pass(null, { ...TOKEN, algorithm }))
      .set(mongoHello, hello(version));
    expect((await explain(ends)).failure.code).toBe(code);
  });
});

test('what is no refusal is left as it is', async () => {
  const cut = new FedctlError('mongo.connection-lost', { message: 'Gone.' });
  expect(await explain(blind(), cut)).toEqual({ failure: cut, comparisons: [], notes: [] });
});
