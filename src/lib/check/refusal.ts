import type { AtlasLogin } from '../atlas-port.ts';
import type { Comparison } from '../check-run.ts';
import type { Mechanism } from '../connection.ts';
import { FedctlError, isFedctlError } from '../errors.ts';
import { printable } from '../printable.ts';
import { rfc3339 } from '../time.ts';
import {
  atlasApi,
  atlasAwsUser,
  atlasCluster,
  atlasIdentityProvider,
  atlasOidcUser,
  atlasOrganizationLink,
} from './catalogue/atlas.ts';
import { awsIdentity, stsRole } from './catalogue/aws.ts';
import { issuerKeys, jwtSignature } from './catalogue/issuer.ts';
import { mongoHello } from './catalogue/mongo.ts';
import { tokenOf } from './catalogue/token.ts';
import type { Check, Facts, Timing } from './check.ts';
import { compare } from './claim-comparisons.ts';
import type { World } from './world.ts';

type Explained = [FedctlError, { readonly comparisons: readonly Comparison[]; readonly timing?: Timing }];

/** What the server says only "no" to, whatever the reason (facts/mongodb.md 1.2). */
const REFUSALS: ReadonlySet<string> = new Set([
  'mongo.oidc-refused',
  'mongo.aws-refused',
  'mongo.atlas-auth-error',
]);

/**
 * The last wire version whose servers know RSA keys only (facts/mongodb.md 1.6: keys of elliptic curves are known to
 * the newest master alone; 4.2: 8.0 speaks 25).
 */
const LAST_RSA_ONLY = 25;

/**
 * Says what a refused login is worth: the token beside what must match it, what is ruled out by the checks above, what
 * remains, and the server's own reason where the Atlas API may read it.
 */
export async function explainRefusal(
  mechanism: Mechanism,
  failure: FedctlError,
  world: World,
  facts: Facts,
  seen: { readonly timing?: Timing },
): Promise<Explained> {
  if (!REFUSALS.has(failure.code)) return [failure, { comparisons: [], ...seen }];
  const sides = mechanism === 'MONGODB-OIDC' ? tokenSides : keySides;
  const { comparisons, ruledOut, remains } = await sides(facts);
  const algorithm = mechanism === 'MONGODB-OIDC' ? algorithmRefused(facts) : null;
  if (algorithm !== null) return [algorithm, { comparisons, ...seen }];
  const reason = await serverReason(mechanism, world, facts, seen.timing?.startedAt ?? world.context.now());
  const parts = [
    failure.message,
    ...(reason === null ? [] : [`The server's own log says: ${reason}.`]),
    ...(ruledOut.length === 0 ? [] : [`Ruled out: ${ruledOut.join('; ')}.`]),
    ...(remains.length === 0 ? [] : [`What remains: ${remains.join('; ')}.`]),
  ];
  const explained = new FedctlError(failure.code, {
    message: parts.join(' '),
    likelyCause: failure.likelyCause,
    remedy: remedyOf(facts, mechanism) ?? failure.remedy,
    details: { ...failure.details, ruledOut, remains, reason },
    requestId: failure.requestId,
    cause: failure,
  });
  return [explained, { comparisons, ...seen }];
}

interface Sides {
  readonly comparisons: readonly Comparison[];
  readonly ruledOut: readonly string[];
  readonly remains: readonly string[];
}

/** One question that a server asks itself, and what is known of its answer here. */
interface Question {
  readonly what: string;
  readonly answeredBy: Check;
  /** Where it is not known: what may be wrong. */
  readonly otherwise: string;
}

const OF_TOKENS: readonly Question[] = [
  {
    what: 'the signature is good',
    answeredBy: jwtSignature,
    otherwise: 'the key that signed is not published',
  },
  {
    what: 'issuer, audience and user claim are those of the identity provider',
    answeredBy: atlasIdentityProvider,
    otherwise: 'the identity provider in Atlas is missing, or has another issuer, audience or user claim',
  },
  {
    what: 'the organization is connected to it',
    answeredBy: atlasOrganizationLink,
    otherwise: 'the organization of the cluster is not connected to the identity provider',
  },
  {
    what: 'there is a database user of that name',
    answeredBy: atlasOidcUser,
    otherwise:
      'no database user is named <idpId>/<subject>, in $external, of the type USER, for this cluster',
  },
];

const OF_KEYS: readonly Question[] = [
  { what: 'the keys are good', answeredBy: awsIdentity, otherwise: 'AWS does not accept the keys' },
  {
    what: 'there is a database user of that name and type',
    answeredBy: atlasAwsUser,
    otherwise: 'no database user is named after the ARN, in $external, of the type of the principal',
  },
];

async function answers(questions: readonly Question[], facts: Facts): Promise<Omit<Sides, 'comparisons'>> {
  for (const { answeredBy } of questions) await facts.when(answeredBy);
  const of = (status: 'pass' | 'other') =>
    questions.filter(
      ({ answeredBy }) => (facts.resultOf(answeredBy)?.status === 'pass') === (status === 'pass'),
    );
  const remains = of('other').map(({ otherwise, answeredBy }) => {
    const failed = facts.failureOf(answeredBy);
    return failed === null ? otherwise : `${otherwise} (${facts.resultOf(answeredBy)?.id} failed)`;
  });
  return { ruledOut: of('pass').map(({ what }) => what), remains };
}

async function tokenSides(facts: Facts): Promise<Sides> {
  const { ruledOut, remains } = await answers(OF_TOKENS, facts);
  const token = tokenOf(facts);
  if (token === null) return { comparisons: [], ruledOut, remains };
  const provider = facts.of(atlasIdentityProvider)?.provider ?? null;
  const by = provider === null ? 'the identity provider' : `identity provider "${provider.displayName}"`;
  const user = facts.of(atlasOidcUser);
  const keys = facts.of(issuerKeys)?.keys.flatMap(({ keyId }) => keyId ?? []) ?? [];
  const comparisons = [
    compare('iss', token.issuer, provider === null ? [] : [provider.issuer], by),
    compare('aud', token.audience.join(', '), provider === null ? [] : [provider.audience], by),
    compare(
      'sub',
      token.subject,
      user === null ? [] : [user.username.replace(/^[^/]*\//, '')],
      'the database user',
    ),
    compare('exp', rfc3339(token.expiresAt), [], 'the server'),
    compare('alg', token.algorithm, ['RS256'], 'servers up to MongoDB 8.0'),
    compare('kid', token.keyId, keys, 'the keys of the issuer'),
  ];
  return { comparisons, ruledOut: ['the token has not expired', ...ruledOut], remains };
}

async function keySides(facts: Facts): Promise<Sides> {
  const { ruledOut, remains } = await answers(OF_KEYS, facts);
  const caller = facts.of(stsRole)?.caller ?? facts.of(awsIdentity);
  if (caller === null) return { comparisons: [], ruledOut, remains };
  const user = facts.of(atlasAwsUser);
  const seen = caller.subject.arn ?? caller.arn;
  const comparisons = [compare('arn', seen, user === null ? [] : [user.username], 'the database user')];
  return { comparisons, ruledOut, remains };
}

/** A server that cannot know the key is not asked why it refused: the token beside its version says it. */
function algorithmRefused(facts: Facts): FedctlError | null {
  const token = tokenOf(facts);
  const hello = facts.of(mongoHello)?.event.facts;
  const version = hello?.stage === 'hello' ? hello.wireVersion : null;
  if (token === null || token.algorithm === 'RS256' || version === null || version > LAST_RSA_ONLY)
    return null;
  return new FedctlError('jwt.algorithm-refused', {
    message: `The token is signed with ${printable(token.algorithm)}, and this server knows RSA keys only (wire version ${version}).`,
    likelyCause: 'MongoDB 7.0 and 8.0 accept RS256 only.',
    remedy: 'fedctl check --signing-algorithm RS256',
    details: { algorithm: token.algorithm, wireVersion: version },
  });
}

/** What to type is known where a check above found the cause. */
function remedyOf(facts: Facts, mechanism: Mechanism): string | null {
  const causes =
    mechanism === 'MONGODB-OIDC'
      ? [atlasIdentityProvider, atlasOrganizationLink, atlasOidcUser]
      : [atlasAwsUser];
  for (const each of causes) {
    const failure = facts.failureOf(each);
    if (failure !== null) return failure.remedy;
  }
  return null;
}

/** Clocks differ, and the history has whole seconds: entries from so long before the login count. Milliseconds. */
const BEFORE_MS = 60_000;

/**
 * What the cluster's log says of this very login, by Atlas's access history. It may come late, or not be told to this
 * credential: then there is none.
 */
async function serverReason(
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
  const subject =
    mechanism === 'MONGODB-OIDC'
      ? tokenOf(facts)?.subject
      : (facts.of(stsRole)?.caller ?? facts.of(awsIdentity))?.subject.arn;
  return username === '' || (subject != null && username.includes(subject));
}
