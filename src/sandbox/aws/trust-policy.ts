import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { ComparisonName } from '../../lib/policy/operators.ts';
import type { LabRole, OidcProvider } from './identities.ts';
import { namedPolicy } from './policies.ts';

/** The principals that can assume a role, and the conditions. */
export interface Trust {
  /** The trusted principals: ARNs of users and roles, account IDs, or `*`. */
  readonly trusts: readonly string[];
  readonly externalId?: string;
  /** Whether the role requires an MFA code. */
  readonly mfa?: boolean;
}

/**
 * Returns a trust policy in the format that the AWS console creates. The policy also allows session tags and
 * a source identity.
 */
export function trusting({ trusts, externalId, mfa = false }: Trust): unknown {
  const condition = {
    ...(externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': externalId } }),
    ...(mfa ? { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } : {}),
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: trusts },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
      },
    ],
  };
}

/**
 * Adds a statement to a trust policy. The statement accepts a token from a provider if the token has one of
 * the provider's audiences and one of the given subjects. Subjects can contain the wildcards of StringLike.
 * Replaces earlier statements for this provider, and keeps all other statements.
 */
export function trustingTokens(
  { name, document }: NamedPolicy,
  { arn, audiences }: OidcProvider,
  subjects: readonly string[],
): NamedPolicy {
  const statements = document.statements.filter(
    ({ principal }) => principal?.listed.every((one) => one.name === arn) !== true,
  );
  if (subjects.length === 0) return { name, document: { ...document, statements } };
  const host = providerHost(arn);
  const added = namedPolicy(
    name,
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: arn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${host}:aud`]: audiences },
          StringLike: { [`${host}:sub`]: subjects },
        },
      },
    },
    'trust',
  );
  return { name, document: { ...document, statements: [...statements, ...added.document.statements] } };
}

/** Returns the prefix of a provider's condition keys: the issuer URL without its scheme. */
export function providerHost(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/**
 * Returns whether a statement in the role's trust policy allows this ARN. Ignores conditions. Used to create
 * the profiles in the lab's AWS config file.
 */
export function namesPrincipal({ trustPolicy }: LabRole, arn: string): boolean {
  return trustPolicy.document.statements.some(
    ({ effect, principal }) =>
      effect === 'Allow' && principal?.except === false && principal.listed.some(({ name }) => name === arn),
  );
}

/**
 * Returns the external ID that the role's trust policy requires. Returns null if the policy requires no
 * external ID. Used to create the profiles in the lab's AWS config file.
 */
export function externalIdOf(role: LabRole): string | null {
  return askedValue(role, 'StringEquals', 'sts:ExternalId') ?? null;
}

/**
 * Returns whether the role's trust policy requires an MFA code. Used to create the profiles in the lab's AWS
 * config file.
 */
export function asksForMfa(role: LabRole): boolean {
  return askedValue(role, 'Bool', 'aws:MultiFactorAuthPresent')?.toLowerCase() === 'true';
}

function askedValue({ trustPolicy }: LabRole, comparison: ComparisonName, key: string): string | undefined {
  const allows = trustPolicy.document.statements.filter(({ effect }) => effect === 'Allow');
  const asked = allows
    .flatMap(({ conditions }) => conditions)
    .find((one) => one.operator.comparison === comparison && one.key.toLowerCase() === key.toLowerCase());
  return asked?.values[0];
}
