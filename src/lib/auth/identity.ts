import type { Warning } from '../core/errors.ts';
import type { Aws, EndpointOverride, ResolvedRegion } from '../ports/aws.ts';

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

/** The role that somebody names as that of the workload: with its path, as no session has it. */
export function namedRole(arn: string): Subject {
  return { kind: 'role', arn, certainty: 'certain' };
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
      message: `${arn} ${certainty === 'incomplete' ? 'belongs to a role with a path' : 'has a path'}, but MONGODB-AWS ignores role paths. The database user may never match.`,
      remedy: 'Use a role without a path for MONGODB-AWS, or MONGODB-OIDC, which keeps the path.',
    },
  ];
}

/** Whom Atlas is to let in, and how that is known. */
export interface Workload {
  /** Null where nobody named it, and who runs the command is not it. */
  readonly subject: Subject | null;
  /** `caller`: the command runs as it, or nothing says otherwise. */
  readonly source: '--role-arn' | 'caller' | null;
}

/** What to enter in Atlas so that it lets a workload in, by either mechanism (facts/mongodb.md 2.5 and 6). */
export interface AtlasSide {
  /** The IAM principal of the workload: of a role its own ARN, never that of a session. */
  readonly principal: { readonly arn: string | null; readonly source: Workload['source'] };
  readonly identityProvider: {
    /** Null where it could not be learnt. */
    readonly issuer: string | null;
    /** Null where nobody named one. */
    readonly audience: string | null;
    readonly userClaim: 'sub';
    readonly authorizationType: 'USER';
  };
  /** For MONGODB-OIDC: `<idpId>/<sub>`, where `<idpId>` is still to be filled in. Null where the principal is not known or can hold no token. */
  readonly oidcUser: {
    readonly username: string;
    readonly database: '$external';
    readonly oidcAuthType: 'USER';
  } | null;
  /** For MONGODB-AWS. Null where the principal is not known, or Atlas has no type for it. */
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
export function atlasSide(
  issuer: string | null,
  audience: string | null,
  { subject, source }: Workload,
): AtlasSide {
  const arn = subject?.arn ?? null;
  return {
    principal: { arn, source },
    identityProvider: { issuer, audience, userClaim: 'sub', authorizationType: 'USER' },
    oidcUser:
      arn === null ? null : { username: `<idpId>/${arn}`, database: '$external', oidcAuthType: 'USER' },
    awsUser: subject === null ? null : awsUserOf(subject),
  };
}

/**
 * Issuer and role of one account belong together: the issuer of this account signs no token for a role of another.
 *
 * @param account of the issuer
 */
export function workloadWarnings(account: string, { subject, source }: Workload): readonly Warning[] {
  if (subject === null) return [];
  const [, , , , roleAccount] = (subject.arn ?? '').split(':');
  return [
    ...(source === '--role-arn' && roleAccount !== account
      ? [
          {
            code: 'atlas.role-of-another-account',
            message: `The role of --role-arn belongs to account ${roleAccount}, but the issuer belongs to account ${account}. Tokens of the role have a different issuer.`,
            remedy: 'Run the command with credentials of the account that the role belongs to.',
          },
        ]
      : []),
    ...subjectWarnings(subject),
  ];
}

/** The database user of a principal for MONGODB-AWS; null where Atlas has no type for it. */
export function awsUserOf({ kind, arn }: Subject): AtlasSide['awsUser'] {
  if (arn === null) return null;
  if (kind === 'role') return { username: arn, database: '$external', awsIAMType: 'ROLE' };
  if (kind === 'user') return { username: arn, database: '$external', awsIAMType: 'USER' };
  return null;
}
