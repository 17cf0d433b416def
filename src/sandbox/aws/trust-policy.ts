import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { ComparisonName } from '../../lib/policy/operators.ts';
import type { LabRole, OidcProvider } from './identities.ts';
import { namedPolicy } from './policies.ts';

/** Who may assume a role, and what they have to send. */
export interface Trust {
  /** ARNs of users and roles, accounts, or `*`. */
  readonly trusts: readonly string[];
  readonly externalId?: string;
  /** Whether a code of an MFA device is wanted. */
  readonly mfa?: boolean;
}

/** A trust policy as a console would write it: it lets them tag the session and set its source identity too. */
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
 * A trust policy that takes the tokens of a provider: those for one of its audiences and with one of these subjects,
 * which may have the wildcards of StringLike. What it said of this provider before is gone, the rest stays.
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

/** What the condition keys of a provider begin with: its issuer without the scheme. */
export function providerHost(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/** Whether the role's trust policy names this ARN, whatever its conditions are: so that a profile can be written. */
export function namesPrincipal({ trustPolicy }: LabRole, arn: string): boolean {
  return trustPolicy.document.statements.some(
    ({ effect, principal }) =>
      effect === 'Allow' && principal?.except === false && principal.listed.some(({ name }) => name === arn),
  );
}

/** The external id that the role's trust policy asks for, so that a profile can be written; null when it asks for none. */
export function externalIdOf(role: LabRole): string | null {
  return askedValue(role, 'StringEquals', 'sts:ExternalId') ?? null;
}

/** Whether the role's trust policy asks for an MFA code, so that a profile can be written. */
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
