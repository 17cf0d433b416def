import { awsUserOf } from '../auth/identity.ts';
import type { CheckResult, Comparison } from '../core/check-run.ts';
import { rerun } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { rfc3339 } from '../core/time.ts';
import { isFailureCode } from '../failures/failures.ts';
import { matches, patternsOf } from '../failures/match.ts';
import type { ExplainedCode } from '../failures/page.ts';
import { CODES, pageOf } from '../failures/pages.ts';
import { pasted } from '../failures/pasted.ts';
import type { Mechanism } from '../ports/mongo.ts';
import {
  atlasAwsUser,
  atlasIdentityProvider,
  atlasOidcUser,
  atlasOrganizationLink,
} from './catalogue/atlas-trust.ts';
import { awsIdentity, callerOf } from './catalogue/aws.ts';
import { issuerDiscovery, issuerKeys, jwtSignature } from './catalogue/issuer.ts';
import { mongoHello } from './catalogue/mongo.ts';
import { jwtClaims, tokenOf } from './catalogue/token.ts';
import type { Check, Facts } from './check.ts';
import { compare } from './claim-comparisons.ts';
import { serverReason } from './server-reason.ts';
import type { World } from './world.ts';

/** The explanation of a rejected login. */
export interface Explained {
  readonly failure: FedctlError;
  readonly comparisons: readonly Comparison[];
  readonly notes: readonly string[];
}

/** Failures for which the server returns no reason (facts/mongodb.md 1.2). */
const REFUSALS: ReadonlySet<string> = new Set([
  'mongo.oidc-refused',
  'mongo.aws-refused',
  'mongo.atlas-auth-error',
]);

/**
 * The highest wire version of servers that support only RSA keys. MongoDB 8.0 has wire version 25. Only the
 * current master branch of the server supports elliptic curve keys (facts/mongodb.md 1.6 and 4.2).
 */
const LAST_RSA_ONLY = 25;

/**
 * The failure codes that a reason in the server log can match. The server can reject a login only after fedctl has
 * connected to the server, so codes for this connection are excluded. A refused connection in a reason is the
 * connection from the server to the issuer.
 */
const OF_A_REASON = /^(?:jwt|issuer|atlas|sts|aws)\.|^mongo\.(?:server\.|role-path-lost$|token-file\.)/;

/**
 * Explains a rejected login. Compares the token or ARN with the expected values. The explanation is the first of these
 * that exists:
 * 1. an unsupported signing algorithm
 * 2. a failed Atlas check
 * 3. a reason in the server log (from the Atlas API) that has an `atlas.` failure code
 * 4. another failed check
 * 5. any other reason in the server log
 *
 * If no explanation exists, the failure lists the causes that are ruled out and the causes that are possible.
 *
 * @param startedAt the start of the login, to find the login in the access history
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
  const said = reason === null ? [] : [`Reason in the server log: ${reason}.`];
  const explained = (changed: FedctlError, notes: readonly string[] = said) => ({
    failure: changed,
    comparisons,
    notes,
  });
  const failed = (ofAtlas: boolean) =>
    known
      .filter((each) => each.ofAtlas === ofAtlas)
      .flatMap(({ answeredBy }) => answeredBy)
      .flatMap((check) => {
        const found = facts.failureOf(check);
        return found === null ? [] : [{ id: check.id, found }];
      })[0];
  const inAtlas = failed(true);
  if (inAtlas !== undefined) return explained(asExpected(failure, inAtlas.id, inAtlas.found));
  const code = reason === null ? null : codeOf(reason);
  const elsewhere = failed(false);
  if (elsewhere !== undefined && (code === null || !code.startsWith('atlas.'))) {
    return explained(asExpected(failure, elsewhere.id, elsewhere.found));
  }
  if (reason !== null) return explained(bySaid(failure, reason, code, facts, known));
  const ruledOut = known.filter(hasPassed).map(({ what }) => what);
  const possible = known.filter((each) => !hasPassed(each)).map(({ otherwise }) => otherwise);
  const details = { ...failure.details, ruledOut, possible };
  return explained(failure.with({ ...whatIsLeft(mechanism, known, facts), details }), [
    ...ruledOut.map((what) => `Ruled out: ${what}.`),
    ...possible.map((what) => `Possible cause: ${what}.`),
  ]);
}

/**
 * Returns the code that `explain -` finds for the reason in the server log; null if `explain -` finds no
 * code.
 */
function codeOf(reason: string): ExplainedCode | null {
  const found = matches(patternsOf(CODES.map(pageOf)), pasted(reason), CODES.length);
  return found.find(({ code }) => OF_A_REASON.test(code))?.code ?? null;
}

/**
 * Returns a copy of the failure with the likely cause, the code and the remedy that match the reason in the server
 * log.
 */
function bySaid(
  failure: FedctlError,
  reason: string,
  code: ExplainedCode | null,
  facts: Facts,
  known: readonly Known[],
): FedctlError {
  const { message, cause } = failure;
  const likelyCause = `Reason in the server log: ${reason}.`;
  const details = { ...failure.details, serverReason: reason };
  if (code === null) {
    const remedy = 'Fix the problem that the server log reports.';
    return failure.with({ likelyCause, remedy, command: null, details });
  }
  const advice =
    code.startsWith('atlas.') && wasRead(known)
      ? {
          likelyCause: `${likelyCause} No Atlas check failed. Atlas may still be deploying a recent change to the cluster.`,
          ...ONCE_DEPLOYED,
        }
      : code === 'jwt.algorithm-refused' && tokenOf(facts)?.algorithm === 'RS256'
        ? {
            likelyCause: `${likelyCause} The token is signed with RS256. The key set of the issuer also has an EC key, and this release of MongoDB rejects the whole set.`,
            remedy: 'Upgrade the cluster to a release that ignores EC keys, such as MongoDB 8.0.',
          }
        : { likelyCause };
  // Only other programs report this code, so fedctl cannot raise it. The remedy comes from the failure page
  // for the code.
  if (!isFailureCode(code)) {
    return failure.with({ remedy: pageOf(code).remedy, command: null, ...advice, details });
  }
  return new FedctlError(code, { message, details, cause, ...advice });
}

const ONCE_DEPLOYED = {
  remedy: 'Check again until Atlas has deployed all changes to the cluster.',
  command: rerun({ set: { '--wait': '2m' } }),
};

/**
 * Returns the failure with the remedy of an earlier failed check. The returned failure refers to that check.
 */
function asExpected(failure: FedctlError, id: string, { code, remedy, command }: FedctlError): FedctlError {
  return failure.with({ likelyCause: `See ${id} above (${code}).`, remedy, command });
}

/** Returns whether all checks that require the Atlas API passed. */
function wasRead(known: readonly Known[]): boolean {
  return known.filter(({ ofAtlas }) => ofAtlas).every(hasPassed);
}

function hasPassed({ ends }: Known): boolean {
  return ends.every((end) => end?.status === 'pass');
}

/**
 * Returns the remedy for a rejected login that no check explains. Without Atlas API credentials, fedctl
 * cannot read the configuration in Atlas, so the user must compare the configuration with the token or the
 * credentials.
 */
function whatIsLeft(mechanism: Mechanism, known: readonly Known[], facts: Facts) {
  if (wasRead(known)) {
    return {
      likelyCause:
        'No Atlas check failed. Atlas may still be deploying a recent change to the cluster. The reason for the rejected login may appear in the Atlas access history later.',
      ...ONCE_DEPLOYED,
    };
  }
  const then =
    'If MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET and MONGODB_ATLAS_PROJECT_ID are set, "fedctl check" performs this step';
  const user = mechanism === 'MONGODB-AWS' ? databaseUserOf(facts) : null;
  return {
    remedy:
      mechanism === 'MONGODB-OIDC'
        ? `Compare the issuer, audience and subject with the identity provider and the database user in Atlas. ${then}.`
        : `Check that Atlas has ${user === null ? 'a database user for the ARN of the caller' : user}. ${then}.`,
    command: null,
  };
}

/**
 * Returns the required database user, for example `the database user arn:aws:iam::…:role/app in $external, AWS IAM type
 * ROLE`.
 */
function databaseUserOf(facts: Facts): string | null {
  const caller = callerOf(facts);
  const user = caller === null ? null : awsUserOf(caller.subject);
  return user === null
    ? null
    : `the database user ${user.username} in $external, AWS IAM type ${user.awsIAMType}`;
}

/** A question and the results of the checks that answer it. A result is null if the check did not run. */
interface Known extends Question {
  readonly ends: readonly (CheckResult | null)[];
}

interface Sides {
  readonly comparisons: readonly Comparison[];
  readonly known: readonly Known[];
}

/** A condition that the server tests during a login, and the fedctl checks that test the same condition. */
interface Question {
  /** This text is listed as a ruled-out cause if the checks passed. */
  readonly what: string;
  readonly answeredBy: readonly Check[];
  /** Whether the checks require the Atlas API. */
  readonly ofAtlas: boolean;
  /** This text is listed as a possible cause if the checks did not pass. */
  readonly otherwise: string;
}

const OF_TOKENS: readonly Question[] = [
  {
    what: 'expired token (by the clock of this machine)',
    answeredBy: [jwtClaims],
    ofAtlas: false,
    otherwise: 'the token has expired',
  },
  {
    what: 'invalid signature',
    answeredBy: [issuerDiscovery, issuerKeys, jwtSignature],
    ofAtlas: false,
    otherwise: 'the key that signed the token is not published',
  },
  {
    what: 'identity provider with a different issuer, audience or user claim',
    answeredBy: [atlasIdentityProvider],
    ofAtlas: true,
    otherwise: 'the identity provider in Atlas is missing, or has a different issuer, audience or user claim',
  },
  {
    what: 'organization not connected to the identity provider',
    answeredBy: [atlasOrganizationLink],
    ofAtlas: true,
    otherwise: 'the organization of the cluster is not connected to the identity provider',
  },
  {
    what: 'missing database user',
    answeredBy: [atlasOidcUser],
    ofAtlas: true,
    otherwise: '$external has no database user <idpId>/<subject> of type USER for this cluster',
  },
];

const OF_KEYS: readonly Question[] = [
  {
    what: 'AWS credentials that AWS rejects',
    answeredBy: [awsIdentity],
    ofAtlas: false,
    otherwise: 'AWS rejects the credentials',
  },
  {
    what: 'missing database user, or database user of the wrong type',
    answeredBy: [atlasAwsUser],
    ofAtlas: true,
    otherwise:
      '$external has no database user whose name is this ARN and whose type is the type of the principal',
  },
];

/** Waits for the checks that answer the questions. */
async function answers(questions: readonly Question[], facts: Facts): Promise<readonly Known[]> {
  for (const check of questions.flatMap(({ answeredBy }) => answeredBy)) await facts.when(check);
  return questions.map((question) => ({
    ...question,
    ends: question.answeredBy.map((check) => facts.resultOf(check)),
  }));
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
    compare('sub', token.subject, subject, 'the database user name after <idpId>/'),
    compare('exp', rfc3339(token.expiresAt), [], 'the clock of the server'),
    compare('alg', token.algorithm, ['RS256'], 'servers up to MongoDB 8.0'),
    compare('kid', token.keyId, keys, 'the key set of the issuer'),
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

/** Returns a failure if the server version does not support the algorithm of the token; otherwise null. */
function algorithmRefused(facts: Facts): FedctlError | null {
  const token = tokenOf(facts);
  const hello = facts.of(mongoHello)?.event.facts;
  const version = hello?.stage === 'hello' ? hello.wireVersion : null;
  if (token === null || token.algorithm === 'RS256' || version === null || version > LAST_RSA_ONLY)
    return null;
  return new FedctlError('jwt.algorithm-refused', {
    message: `The token is signed with ${token.algorithm}, but this server supports RSA keys only (wire version ${version}).`,
    likelyCause: 'MongoDB 7.0 and 8.0 accept RS256 only.',
    remedy: 'Mint a token that is signed with RS256.',
    command: rerun({ set: { '--signing-algorithm': 'RS256' } }),
    details: { algorithm: token.algorithm, wireVersion: version },
  });
}
