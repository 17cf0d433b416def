import type { Warning } from '../errors.ts';
import type { Aws, EndpointOverride, ResolvedRegion } from '../ports.ts';

/**
 * The IAM principal behind a caller: what a token's `sub` will be, and what a database user is named after.
 * Sessions have none of their own (facts/aws.md 3.1).
 */
export interface Subject {
  readonly kind: 'role' | 'user' | 'root' | 'federated-user' | 'other';
  /** Its ARN; null where the caller can hold no token. */
  readonly arn: string | null;
  /**
   * `certain`: AWS said so. `guessed`: the ARN of a session has lost the path of its role, so this is right only for
   * a role without one. `incomplete`: the role's name tells that it has a path, which is missing here.
   */
  readonly certainty: 'certain' | 'guessed' | 'incomplete';
}

/** Who calls, from where, and through what. */
export interface Caller {
  readonly account: string;
  /** As AWS sees the caller: of a role it is the session. */
  readonly arn: string;
  readonly userId: string;
  readonly subject: Subject;
  readonly region: ResolvedRegion;
  readonly overrides: readonly EndpointOverride[];
}

/**
 * Asks STS who calls, and settings for the rest.
 *
 * @throws FedctlError aws.*: whatever finding Region, endpoints and credentials throws, and the way to STS
 */
export async function identifyCaller(aws: Aws, signal: AbortSignal): Promise<Caller> {
  const region = await aws.region();
  const overrides = await aws.endpointOverrides();
  const sts = await aws.sts();
  const { account, arn, userId } = await sts.getCallerIdentity(signal);
  return { account, arn, userId, subject: subjectOf(arn), region, overrides };
}

const CALLER_ARN = /^arn:(?<partition>[a-z-]+):(?:iam|sts)::(?<account>\d{12}):(?<resource>.+)$/;

/** Roles with these names always live under a path: those of Identity Center and of AWS's own services. */
const ROLE_WITH_PATH = /^AWS(?:ReservedSSO_|ServiceRoleFor)/;

/**
 * The IAM principal behind the ARN that GetCallerIdentity answers (facts/aws.md 3.1, 6 and 14.9).
 */
export function subjectOf(callerArn: string): Subject {
  const { partition, account, resource } = CALLER_ARN.exec(callerArn)?.groups ?? {};
  const [type, name] = resource?.split('/') ?? [];
  switch (type) {
    case 'assumed-role':
      if (name === undefined) break;
      return {
        kind: 'role',
        arn: `arn:${partition}:iam::${account}:role/${name}`,
        certainty: ROLE_WITH_PATH.test(name) ? 'incomplete' : 'guessed',
      };
    case 'user':
      return { kind: 'user', arn: callerArn, certainty: 'certain' };
    case 'root':
      return { kind: 'root', arn: callerArn, certainty: 'certain' };
    case 'federated-user':
      return { kind: 'federated-user', arn: null, certainty: 'certain' };
  }
  return { kind: 'other', arn: null, certainty: 'certain' };
}

/** The subject as a minted token names it, which settles what the caller's ARN left open. */
export function subjectOfToken(sub: string, caller: Subject): Subject {
  return { kind: caller.kind, arn: sub, certainty: 'certain' };
}

/**
 * What to say about a principal before a database user is made of it: MONGODB-AWS never sees the path of a role, so a
 * user named after the whole ARN may never match (facts/mongodb.md 2.5; what Atlas does is unverified).
 */
export function subjectWarnings({ kind, arn, certainty }: Subject): readonly Warning[] {
  const hasPath = kind === 'role' && (certainty === 'incomplete' || (arn ?? '').split('/').length > 2);
  if (!hasPath) return [];
  return [
    {
      code: 'mongo.role-path-lost',
      message: `${arn} ${certainty === 'incomplete' ? 'belongs to a role with a path' : 'has a path'}, and MONGODB-AWS sees roles without theirs: the database user may never match.`,
      remedy: 'use a role without a path for MONGODB-AWS, or MONGODB-OIDC, which keeps the path',
    },
  ];
}

/** What to enter in Atlas so that it lets this principal in, by either mechanism (facts/mongodb.md 2.5 and 6). */
export interface AtlasSide {
  readonly identityProvider: {
    /** Null where it could not be learnt. */
    readonly issuer: string | null;
    /** Null where nobody named one. */
    readonly audience: string | null;
    readonly userClaim: 'sub';
    readonly authorizationType: 'USER';
  };
  /** For MONGODB-OIDC: `<idpId>/<sub>`, where `<idpId>` is still to be filled in. Null where the caller can hold no token. */
  readonly oidcUser: {
    readonly username: string;
    readonly database: '$external';
    readonly oidcAuthType: 'USER';
  } | null;
  /** For MONGODB-AWS. Null for callers that Atlas has no type for. */
  readonly awsUser: {
    readonly username: string;
    readonly database: '$external';
    readonly awsIAMType: 'ROLE' | 'USER';
  } | null;
}

/**
 * @param issuer the account's, exactly as tokens name it
 * @param audience what the workload will ask tokens for
 */
export function atlasSide(issuer: string | null, audience: string | null, subject: Subject): AtlasSide {
  return {
    identityProvider: { issuer, audience, userClaim: 'sub', authorizationType: 'USER' },
    oidcUser:
      subject.arn === null
        ? null
        : { username: `<idpId>/${subject.arn}`, database: '$external', oidcAuthType: 'USER' },
    awsUser: awsUser(subject),
  };
}

function awsUser({ kind, arn }: Subject): AtlasSide['awsUser'] {
  if (arn === null) return null;
  if (kind === 'role') return { username: arn, database: '$external', awsIAMType: 'ROLE' };
  if (kind === 'user') return { username: arn, database: '$external', awsIAMType: 'USER' };
  return null;
}
