import type { CheckResult, Comparison } from '../core/check-run.ts';
import { rerun } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { rfc3339 } from '../core/time.ts';
import type { Mechanism } from '../ports/mongo.ts';
import {
  atlasAwsUser,
  atlasIdentityProvider,
  atlasOidcUser,
  atlasOrganizationLink,
} from './catalogue/atlas-trust.ts';
import { awsIdentity, callerOf } from './catalogue/aws.ts';
import { issuerKeys, jwtSignature } from './catalogue/issuer.ts';
import { mongoHello } from './catalogue/mongo.ts';
import { jwtClaims, tokenOf } from './catalogue/token.ts';
import type { Check, Facts } from './check.ts';
import { compare } from './claim-comparisons.ts';
import { serverReason } from './server-reason.ts';
import type { World } from './world.ts';

/** A refused login, with what is known about it. */
export interface Explained {
  readonly failure: FedctlError;
  readonly comparisons: readonly Comparison[];
  readonly notes: readonly string[];
}

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
 *
 * @param startedAt of the login, for the access history
 */
export async function explainRefusal(
  mechanism: Mechanism,
  failure: FedctlError,
  world: World,
  facts: Facts,
  startedAt: Date,
): Promise<Explained> {
  if (!REFUSALS.has(failure.code)) return { failure, comparisons: [], notes: [] };
  const { comparisons, known } = await (mechanism === 'MONGODB-OIDC' ? tokenSides : keySides)(facts);
  const algorithm = mechanism === 'MONGODB-OIDC' ? algorithmRefused(facts) : null;
  if (algorithm !== null) return { failure: algorithm, comparisons, notes: [] };
  const reason = await serverReason(mechanism, world, facts, startedAt);
  const said = reason === null ? [] : [`The server's own log says: ${reason}.`];
  const cause = known.find(({ end }) => end?.status === 'fail')?.answeredBy;
  const found = cause === undefined ? null : facts.failureOf(cause);
  if (cause !== undefined && found !== null) {
    return { failure: asExpected(failure, cause.id, found), comparisons, notes: said };
  }
  const ruledOut = known.filter(({ end }) => end?.status === 'pass').map(({ what }) => what);
  const remains = known.filter(({ end }) => end?.status !== 'pass').map(({ otherwise }) => otherwise);
  return {
    failure: withDetails(failure, mechanism, { ruledOut, remains }),
    comparisons,
    notes: [
      ...said,
      ...ruledOut.map((what) => `Ruled out: ${what}.`),
      ...remains.map((what) => `What remains: ${what}.`),
    ],
  };
}

/** The consequence of what a check above found: that is where to look. */
function asExpected(failure: FedctlError, id: string, { code, remedy, command }: FedctlError): FedctlError {
  return failure.with({ likelyCause: `What ${id} found above (${code}).`, remedy, command });
}

/** What fedctl cannot compare itself, somebody has to: with the Atlas API at hand, it can. */
const COMPARE: Readonly<Record<Mechanism, string>> = {
  'MONGODB-OIDC':
    'compare issuer, audience and subject with the identity provider and the database user in Atlas; with MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET and MONGODB_ATLAS_PROJECT_ID set, fedctl check does',
  'MONGODB-AWS':
    'see whether Atlas has a database user of type AWS IAM whose name is the ARN above; with MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET and MONGODB_ATLAS_PROJECT_ID set, fedctl check does',
};

function withDetails(
  failure: FedctlError,
  mechanism: Mechanism,
  more: Readonly<Record<string, unknown>>,
): FedctlError {
  return failure.with({ remedy: COMPARE[mechanism], details: { ...failure.details, ...more } });
}

/** A question with how the check ended that answers it; null where nobody asked. */
interface Known extends Question {
  readonly end: CheckResult | null;
}

interface Sides {
  readonly comparisons: readonly Comparison[];
  readonly known: readonly Known[];
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
    what: 'the token has not expired, by the clock of this machine',
    answeredBy: jwtClaims,
    otherwise: 'the token has expired',
  },
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

/** Waits for the checks that answer. */
async function answers(questions: readonly Question[], facts: Facts): Promise<readonly Known[]> {
  for (const { answeredBy } of questions) await facts.when(answeredBy);
  return questions.map((question) => ({ ...question, end: facts.resultOf(question.answeredBy) }));
}

async function tokenSides(facts: Facts): Promise<Sides> {
  const known = await answers(OF_TOKENS, facts);
  const token = tokenOf(facts);
  if (token === null) return { comparisons: [], known };
  const provider = facts.of(atlasIdentityProvider)?.provider ?? null;
  const by = provider === null ? 'the identity provider' : `identity provider "${provider.displayName}"`;
  const user = facts.of(atlasOidcUser);
  const subject = user === null ? [] : [user.username.slice(user.username.indexOf('/') + 1)];
  const keys = facts.of(issuerKeys)?.keys.flatMap(({ keyId }) => keyId ?? []) ?? [];
  const comparisons = [
    compare('iss', token.issuer, provider === null ? [] : [provider.issuer], by),
    compare('aud', token.audience.join(', '), provider === null ? [] : [provider.audience], by),
    compare('sub', token.subject, subject, 'the database user, after <idpId>/'),
    compare('exp', rfc3339(token.expiresAt), [], 'the clock of the server'),
    compare('alg', token.algorithm, ['RS256'], 'servers up to MongoDB 8.0'),
    compare('kid', token.keyId, keys, 'the keys of the issuer'),
  ];
  return { comparisons, known };
}

async function keySides(facts: Facts): Promise<Sides> {
  const known = await answers(OF_KEYS, facts);
  const caller = callerOf(facts);
  if (caller === null) return { comparisons: [], known };
  const user = facts.of(atlasAwsUser);
  const seen = caller.subject.arn ?? caller.arn;
  return {
    comparisons: [compare('arn', seen, user === null ? [] : [user.username], 'the database user')],
    known,
  };
}

/** A server that cannot know the key is not asked why it refused: the token beside its version says it. */
function algorithmRefused(facts: Facts): FedctlError | null {
  const token = tokenOf(facts);
  const hello = facts.of(mongoHello)?.event.facts;
  const version = hello?.stage === 'hello' ? hello.wireVersion : null;
  if (token === null || token.algorithm === 'RS256' || version === null || version > LAST_RSA_ONLY)
    return null;
  return new FedctlError('jwt.algorithm-refused', {
    message: `The token is signed with ${token.algorithm}, and this server knows RSA keys only (wire version ${version}).`,
    likelyCause: 'MongoDB 7.0 and 8.0 accept RS256 only.',
    remedy: 'Ask for a token that is signed with RS256.',
    command: rerun({ set: { '--signing-algorithm': 'RS256' } }),
    details: { algorithm: token.algorithm, wireVersion: version },
  });
}
