import type { Warning } from '../core/errors.ts';
import type { Aws, EndpointOverride, ResolvedRegion } from '../ports/aws.ts';

/**
 * The IAM principal of a caller. It becomes the `sub` of a token and the name of a database user. Sessions
 * have none of their own (facts/aws.md 3.1).
 */
export interface Subject {
  readonly kind: 'role' | 'user' | 'root' | 'federated-user' | 'other';
  /** The ARN of the principal; null when the caller cannot get a token. */
  readonly arn: string | null;
  /**
   * `certain`: AWS returned it. `guessed`: the ARN of a session does not contain the path of its role, so
   * this is correct only for a role without a path. `incomplete`: the name of the role shows that it has a
   * path, which is missing here.
   */
  readonly certainty: 'certain' | 'guessed' | 'incomplete';
}

/** The caller of AWS, the Region, and the source of the credentials. */
export interface Caller {
  readonly account: string;
  /** The ARN that AWS sees. For a role it is the session. */
  readonly arn: string;
  readonly userId: string;
  readonly subject: Subject;
  readonly region: ResolvedRegion;
  readonly overrides: readonly EndpointOverride[];
}

/**
 * Asks STS who the caller is, and the settings for the rest.
 *
 * @throws FedctlError aws.*: whatever resolving the Region, endpoints and credentials throws, and the
 * connection to STS
 */
export async function identifyCaller(aws: Aws, signal: AbortSignal): Promise<Caller> {
  const region = await aws.region();
  const overrides = await aws.endpointOverrides();
  const sts = await aws.sts();
  const { account, arn, userId } = await sts.getCallerIdentity(signal);
  return { account, arn, userId, subject: subjectOf(arn), region, overrides };
}

const CALLER_ARN = /^arn:(?<partition>[a-z-]+):(?:iam|sts)::(?<account>\d{12}):(?<resource>.+)$/;

/** Roles with these names always have a path: those of IAM Identity Center and of AWS services. */
const ROLE_WITH_PATH = /^AWS(?:ReservedSSO_|ServiceRoleFor)/;

/** Returns the IAM principal of an ARN from GetCallerIdentity (facts/aws.md 3.1, 6 and 14.9). */
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

/**
 * Returns the principal of a role ARN that the user gave for the workload. Unlike a session ARN, it contains
 * the path.
 */
export function namedRole(arn: string): Subject {
  return { kind: 'role', arn, certainty: 'certain' };
}

/**
 * Returns warnings about a principal before a database user is created for it. MONGODB-AWS never sees the
 * path of a role, so a user named after the complete ARN may never match (facts/mongodb.md 2.5; what Atlas
 * does is unverified).
 */
export function subjectWarnings({ kind, arn, certainty }: Subject): readonly Warning[] {
  const hasPath = kind === 'role' && (certainty === 'incomplete' || (arn ?? '').split('/').length > 2);
  if (!hasPath) return [];
  return [
    {
      code: 'mongo.role-path-lost',
      message: `${arn} ${certainty === 'incomplete' ? 'belongs to a role with a path' : 'has a path'}, but MONGODB-AWS ignores role paths. The database user may never match.`,
      remedy: 'For MONGODB-AWS, use a role without a path. Or use MONGODB-OIDC, which keeps the path.',
    },
  ];
}

/** The workload that needs access to Atlas, and how it was determined. */
export interface Workload {
  /** Null when the workload was not named and the caller is not the workload. */
  readonly subject: Subject | null;
  /** `caller`: the command runs as the workload, or nothing suggests otherwise. */
  readonly source: '--role-arn' | 'caller' | null;
}

/**
 * The values to enter in Atlas to give a workload access, for either mechanism (facts/mongodb.md 2.5 and 6).
 */
export interface AtlasSide {
  /** The IAM principal of the workload. For a role it is the role ARN, never a session ARN. */
  readonly principal: { readonly arn: string | null; readonly source: Workload['source'] };
  readonly identityProvider: {
    /** Null when it could not be read. */
    readonly issuer: string | null;
    /** Null when none was given. */
    readonly audience: string | null;
    readonly userClaim: 'sub';
    readonly authorizationType: 'USER';
  };
  /**
   * For MONGODB-OIDC: `<idpId>/<sub>`, where `<idpId>` must still be filled in. Null when the principal is
   * unknown or cannot get a token.
   */
  readonly oidcUser: {
    readonly username: string;
    readonly database: '$external';
    readonly oidcAuthType: 'USER';
  } | null;
  /** For MONGODB-AWS. Null when the principal is unknown, or Atlas has no type for it. */
  readonly awsUser: {
    readonly username: string;
    readonly database: '$external';
    readonly awsIAMType: 'ROLE' | 'USER';
  } | null;
}

/**
 * @param issuer the issuer of the account, exactly as in its tokens
 * @param audience the audience that the workload will request
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
 * Warns when issuer and role belong to different accounts: the issuer of this account signs no token for a
 * role of another.
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

/** Returns the MONGODB-AWS database user of a principal; null when Atlas has no type for it. */
export function awsUserOf({ kind, arn }: Subject): AtlasSide['awsUser'] {
  if (arn === null) return null;
  if (kind === 'role') return { username: arn, database: '$external', awsIAMType: 'ROLE' };
  if (kind === 'user') return { username: arn, database: '$external', awsIAMType: 'USER' };
  return null;
}
