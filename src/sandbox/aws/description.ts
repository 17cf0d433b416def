import type { LabAccount, Tags } from './identities.ts';
import { allowing, type PolicyDocuments } from './policies.ts';
import { trusting } from './trust-policy.ts';

/**
 * Describes the accounts in the lab's AWS. `createAwsWorld` creates these accounts with new keys and secrets.
 */
export interface AwsDescription {
  /** The accounts. The lab's environment uses the keys of the first user of the first account. */
  readonly accounts: readonly AccountDescription[];
}

export interface AccountDescription {
  /** The account ID: 12 digits. */
  readonly id: string;
  readonly organization: LabAccount['organization'];
  /** Whether outbound federation is initially enabled. */
  readonly federation: boolean;
  /**
   * The service control policies: one set for each level, from the root of the organization to the account
   * (default: none).
   */
  readonly serviceControlPolicies?: readonly PolicyDocuments[];
  readonly users: readonly UserDescription[];
  readonly roles: readonly RoleDescription[];
}

interface PrincipalDescription {
  readonly name: string;
  /** The path in the ARN. The path begins and ends with a slash (default: `/`). */
  readonly path?: string;
  /** The name of the profile in the lab's AWS config file (default: the name of the user or role). */
  readonly profile?: string;
  readonly tags?: Tags;
  /** The identity policies (default: none). */
  readonly policies?: PolicyDocuments;
  /** The permissions boundary, as a policy document (default: none). */
  readonly permissionsBoundary?: unknown;
}

export interface UserDescription extends PrincipalDescription {
  /** Whether the user has a virtual MFA device. */
  readonly mfa?: boolean;
}

export interface RoleDescription extends PrincipalDescription {
  /** The trust policy, as a policy document. */
  readonly trustPolicy: unknown;
  readonly maxSessionSeconds: number;
}

const EVERYTHING: PolicyDocuments = { AdministratorAccess: allowing('*') };
const MINT: PolicyDocuments = { Mint: allowing('sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken') };

/** The AWS accounts of a lab without a configuration: two accounts with federation disabled. */
export const BUILT_IN_AWS: AwsDescription = {
  accounts: [
    {
      id: '123456789012',
      organization: null,
      federation: false,
      users: [
        { name: 'operator', profile: 'default', policies: EVERYTHING },
        { name: 'no-mint' },
        { name: 'mfa-user', mfa: true, policies: EVERYTHING },
      ],
      roles: [
        {
          name: 'app',
          trustPolicy: trusting({ trusts: ['arn:aws:iam::123456789012:user/operator'] }),
          maxSessionSeconds: 3600,
          policies: {
            ...MINT,
            Assume: allowing('sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'),
          },
        },
        {
          name: 'etl',
          path: '/team/data/',
          // The role `app` can also assume this role, as an example of role chaining.
          trustPolicy: trusting({
            trusts: ['arn:aws:iam::123456789012:user/operator', 'arn:aws:iam::123456789012:role/app'],
            externalId: 'lab-external-id',
          }),
          maxSessionSeconds: 43_200,
          policies: MINT,
          tags: { Team: 'data', Stage: 'lab' },
        },
        {
          name: 'mfa',
          trustPolicy: trusting({ trusts: ['arn:aws:iam::123456789012:user/mfa-user'], mfa: true }),
          maxSessionSeconds: 3600,
          policies: MINT,
        },
      ],
    },
    {
      id: '210987654321',
      organization: { id: 'o-lab4fedctl', ouPaths: ['o-lab4fedctl/r-lab1/ou-lab1-workloads/'] },
      federation: false,
      users: [
        {
          name: 'org-operator',
          profile: 'org',
          policies: EVERYTHING,
          tags: { Team: 'platform', 'cost-center': '42' },
        },
      ],
      roles: [],
    },
  ],
};
