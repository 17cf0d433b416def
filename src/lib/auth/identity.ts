import type { Warning } from '../core/errors.ts';
import type { Aws, EndpointOverride, ResolvedRegion } from '../ports/aws.ts';

/**
 * The IAM principal of a caller. Its ARN is the `sub` of a token and part of the name of a database user. The
 * principal of a role session is the role (facts/aws.md 3.1).
 */
export interface Subject {
  readonly kind: 'role' | 'user' | 'root' | 'federated-user' | 'other';
  /** The ARN of the principal; null if the principal cannot get a token. */
  readonly arn: string | null;
  /**
   * `certain` means that AWS returned the ARN, or that the user specified the ARN. `guessed` means that the
   * ARN was derived from a session ARN. A session ARN does not contain the path of the role, so a guessed ARN
   * is correct only if the role has no path. `incomplete` means that the path of the role is unknown,
   * although the name of the role shows that the role has a path.
   */
  readonly certainty: 'certain' | 'guessed' | 'incomplete';
}

/** The identity of the caller, the configured Region and the endpoint overrides. */
export interface Caller {
  readonly account: string;
  /** The ARN that GetCallerIdentity returns. For a role session, this is the ARN of the session. */
  readonly arn: string;
  readonly userId: string;
  readonly subject: Subject;
  readonly region: ResolvedRegion;
  readonly overrides: readonly EndpointOverride[];
}

/**
 * Gets the identity of the caller from STS, and adds the configured Region and endpoint overrides.
 *
 * @throws FedctlError aws.* if the Region, an endpoint or the credentials are unusable, or the call to STS
 * fails
 */
export async function identifyCaller(aws: Aws, signal: AbortSignal): Promise<Caller> {
  const region = await aws.region();
  const overrides = await aws.endpointOverrides();
  const sts = await aws.sts();
  const { account, arn, userId } = await sts.getCallerIdentity(signal);
  return { account, arn, userId, subject: subjectOf(arn), region, overrides };
}

const CALLER_ARN = /^arn:(?<partition>[a-z-]+):(?:iam|sts)::(?<account>\d{12}):(?<resource>.+)$/;

/** Names of roles that always have a path: roles of IAM Identity Center, and service-linked roles. */
const ROLE_WITH_PATH = /^AWS(?:ReservedSSO_|ServiceRoleFor)/;

/** Returns the IAM principal for an ARN from GetCallerIdentity (facts/aws.md 3.1, 6 and 14.9). */
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
 * Returns the principal for a role ARN that the user specified. Unlike a session ARN, a role ARN contains the
 * path of the role.
 */
export function namedRole(arn: string): Subject {
  return { kind: 'role', arn, certainty: 'certain' };
}

/**
 * Returns a warning if the principal is a role with a path. MONGODB-AWS ignores the path of a role. Therefore,
 * a login may not find a database user whose name contains the path (facts/mongodb.md 2.5; not verified for
 * Atlas).
 */
export function subjectWarnings({ kind, arn, certainty }: Subject): readonly Warning[] {
  const hasPath = kind === 'role' && (certainty === 'incomplete' || (arn ?? '').split('/').length > 2);
  if (!hasPath) return [];
  return [
    {
      code: 'mongo.role-path-lost',
      message: `${arn} ${certainty === 'incomplete' ? 'belongs to a role with a path' : 'has a path'}, but MONGODB-AWS ignores role paths. The login may not find the database user.`,
      remedy:
        'For MONGODB-AWS, use a role without a path. Alternatively, use MONGODB-OIDC, which keeps the path.',
    },
  ];
}

/** The workload that needs access to Atlas, and how the workload was determined. */
export interface Workload {
  /**
   * The principal of the workload. Null if no workload was specified and the caller is not treated as the
   * workload.
   */
  readonly subject: Subject | null;
  /** `caller` means that no workload was specified, so the caller is treated as the workload. */
  readonly source: '--role-arn' | 'caller' | null;
}

/**
 * The values to enter in Atlas so that a workload can log in with MONGODB-OIDC or MONGODB-AWS
 * (facts/mongodb.md 2.5 and 6).
 */
export interface AtlasSide {
  /** The IAM principal of the workload. For a role, `arn` is the role ARN and never a session ARN. */
  readonly principal: { readonly arn: string | null; readonly source: Workload['source'] };
  readonly identityProvider: {
    /** The issuer of the account; null if the issuer could not be read. */
    readonly issuer: string | null;
    /** The audience that the workload requests; null if no audience was specified. */
    readonly audience: string | null;
    readonly userClaim: 'sub';
    readonly authorizationType: 'USER';
  };
  /**
   * The database user for MONGODB-OIDC. Its name is `<idpId>/<sub>`, and the operator must replace the
   * placeholder `<idpId>`. Null if the principal is unknown or cannot get a token.
   */
  readonly oidcUser: {
    readonly username: string;
    readonly database: '$external';
    readonly oidcAuthType: 'USER';
  } | null;
  /**
   * The database user for MONGODB-AWS. Null if the principal is unknown or Atlas has no user type for this
   * kind of principal.
   */
  readonly awsUser: {
    readonly username: string;
    readonly database: '$external';
    readonly awsIAMType: 'ROLE' | 'USER';
  } | null;
}

/**
 * Returns the values to enter in Atlas for a workload.
 *
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
 * Returns the warnings for a workload, for example if the role of the workload is not in the account of the
 * issuer. The issuer of an account signs tokens only for principals of this account.
 *
 * @param account the account of the issuer
 */
export function workloadWarnings(account: string, { subject, source }: Workload): readonly Warning[] {
  if (subject === null) return [];
  const [, , , , roleAccount] = (subject.arn ?? '').split(':');
  return [
    ...(source === '--role-arn' && roleAccount !== account
      ? [
          {
            code: 'atlas.role-of-another-account',
            message: `The role in --role-arn belongs to account ${roleAccount}, but the issuer belongs to account ${account}. Tokens for the role have a different issuer.`,
            remedy: 'Run the command with credentials of the account that the role belongs to.',
          },
        ]
      : []),
    ...subjectWarnings(subject),
  ];
}

/**
 * Returns the database user for MONGODB-AWS. Returns null if Atlas has no user type for this kind of
 * principal.
 */
export function awsUserOf({ kind, arn }: Subject): AtlasSide['awsUser'] {
  if (arn === null) return null;
  if (kind === 'role') return { username: arn, database: '$external', awsIAMType: 'ROLE' };
  if (kind === 'user') return { username: arn, database: '$external', awsIAMType: 'USER' };
  return null;
}
