import type { LabAccount, Tags } from './identities.ts';
import { allowing, type PolicyDocuments } from './policies.ts';
import { trusting } from './trust-policy.ts';

/** The accounts of the lab's AWS, as data. `createAwsWorld` creates them with new keys and secrets. */
export interface AwsDescription {
  /** The lab's environment has the keys of the first user of the first account. */
  readonly accounts: readonly AccountDescription[];
}

export interface AccountDescription {
  /** 12 digits */
  readonly id: string;
  readonly organization: LabAccount['organization'];
  /** Whether outbound federation is enabled from the start. */
  readonly federation: boolean;
  /** One set for each level from the organization's root down to the account; none by default. */
  readonly serviceControlPolicies?: readonly PolicyDocuments[];
  readonly users: readonly UserDescription[];
  readonly roles: readonly RoleDescription[];
}

interface PrincipalDescription {
  readonly name: string;
  /** Begins and ends with a slash. The default is `/`. */
  readonly path?: string;
  /** The name of its profile in the lab's AWS config file. The default is its own name. */
  readonly profile?: string;
  readonly tags?: Tags;
  /** Its identity policies; none by default. */
  readonly policies?: PolicyDocuments;
  /** A policy document; no boundary by default. */
  readonly permissionsBoundary?: unknown;
}

export interface UserDescription extends PrincipalDescription {
  /** Whether it has a virtual MFA device. */
  readonly mfa?: boolean;
}

export interface RoleDescription extends PrincipalDescription {
  /** A policy document: who may assume it, and under which conditions. */
  readonly trustPolicy: unknown;
  readonly maxSessionSeconds: number;
}

const EVERYTHING: PolicyDocuments = { AdministratorAccess: allowing('*') };
const MINT: PolicyDocuments = { Mint: allowing('sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken') };

/** The built-in lab without a configuration: two accounts, federation disabled in both. */
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
          // `app` may assume it too, to demonstrate role chaining.
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
