import type { LabAction } from './authorize.ts';
import type { LabAccount, Tags } from './identities.ts';

/** What the lab's AWS is to hold: data, of which `createAwsWorld` makes accounts with fresh keys and secrets. */
export interface AwsDescription {
  /** The first user of the first account is who the lab's environment speaks for. */
  readonly accounts: readonly AccountDescription[];
}

export interface AccountDescription {
  /** 12 digits */
  readonly id: string;
  readonly organization: LabAccount['organization'];
  /** Whether outbound federation is enabled from the start. */
  readonly federation: boolean;
  readonly users: readonly UserDescription[];
  readonly roles: readonly RoleDescription[];
}

interface PrincipalDescription {
  readonly name: string;
  /** Begins and ends with a slash; `/` unless given. */
  readonly path?: string;
  /** The name of its profile in the lab's AWS config file; its own name unless given. */
  readonly profile?: string;
  readonly tags?: Tags;
  readonly allowed: ReadonlySet<LabAction> | 'everything';
}

export interface UserDescription extends PrincipalDescription {
  /** Whether it has a virtual MFA device. */
  readonly mfa?: boolean;
}

export interface RoleDescription extends PrincipalDescription {
  /** Who may assume it: ARNs of users and roles. */
  readonly trusts: readonly string[];
  /** What must be sent with AssumeRole; null when nothing must. */
  readonly externalId: string | null;
  readonly maxSessionSeconds: number;
  /** Whether who assumes it must have given an MFA code. */
  readonly needsMfa?: boolean;
}

/** The lab as it is unless a configuration says otherwise: two accounts, federation disabled in both. */
export const BUILT_IN_AWS: AwsDescription = {
  accounts: [
    {
      id: '123456789012',
      organization: null,
      federation: false,
      users: [
        { name: 'operator', profile: 'default', allowed: 'everything' },
        { name: 'no-mint', allowed: new Set() },
        { name: 'mfa-user', mfa: true, allowed: 'everything' },
      ],
      roles: [
        {
          name: 'app',
          trusts: ['arn:aws:iam::123456789012:user/operator'],
          externalId: null,
          maxSessionSeconds: 3600,
          allowed: new Set([
            'sts:GetWebIdentityToken',
            'sts:TagGetWebIdentityToken',
            'sts:AssumeRole',
            'sts:TagSession',
            'sts:SetSourceIdentity',
          ]),
        },
        {
          name: 'etl',
          path: '/team/data/',
          // `app` may assume it too, so that role chaining can be seen.
          trusts: ['arn:aws:iam::123456789012:user/operator', 'arn:aws:iam::123456789012:role/app'],
          externalId: 'lab-external-id',
          maxSessionSeconds: 43_200,
          allowed: new Set(['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken']),
          tags: { Team: 'data', Stage: 'lab' },
        },
        {
          name: 'mfa',
          trusts: ['arn:aws:iam::123456789012:user/mfa-user'],
          externalId: null,
          maxSessionSeconds: 3600,
          needsMfa: true,
          allowed: new Set(['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken']),
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
          allowed: 'everything',
          tags: { Team: 'platform', 'cost-center': '42' },
        },
      ],
      roles: [],
    },
  ],
};
