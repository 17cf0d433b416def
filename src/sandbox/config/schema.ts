import * as z from 'zod';
import { faultText } from '../../lib/policy/faults.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { MECHANISM_NAMES } from '../../lib/uri/mechanism.ts';

/** The ID of the JSON Schema for the lab's configuration file. */
const SCHEMA_ID = 'sandbox-config.v1.json';

const name = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be an IAM name: letters, digits and +=,.@_-');
const accountId = z.string().regex(/^\d{12}$/, 'must be a 12-digit account ID in quotes');
const arn = z
  .string()
  .regex(/^arn:aws:(iam|sts)::\d{12}:[^\s]+$/, 'must be an ARN: arn:aws:iam::<account>:…');

/** An AWS policy document. The parser of the policy evaluator validates the document. */
function policy(kind: 'permissions' | 'trust') {
  return z
    .record(z.string(), z.unknown())
    .superRefine((document, context) => {
      const parsed = parsePolicy(document, kind);
      if (parsed.ok) return;
      const faults = parsed.faults.map(faultText).join('; ');
      context.addIssue({ code: 'custom', message: `AWS would reject this policy: ${faults}` });
    })
    .meta({ description: 'An AWS policy document: Version and Statement.' });
}

const principal = {
  name,
  path: z
    .string()
    .regex(/^\/([!-~]+\/)?$/, 'must start and end with a slash')
    .optional()
    .meta({ description: 'Path in the ARN (default: /).' }),
  profile: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name of the profile in the AWS config of the lab.' }),
  tags: z.record(z.string(), z.string()).optional(),
  allow: z
    .array(
      z.string().regex(/^(\*|[\w-]+:[\w*?]+)$/, 'must be an action such as sts:GetWebIdentityToken, or *'),
    )
    .optional()
    .meta({ description: 'Actions to allow on all resources, in addition to policies.' }),
  policies: z
    .record(z.string(), policy('permissions'))
    .optional()
    .meta({ description: 'Identity policies, by name.' }),
  permissionsBoundary: policy('permissions').optional(),
};

const user = z.strictObject({
  ...principal,
  mfa: z.boolean().optional().meta({ description: 'Whether the user has a virtual MFA device.' }),
});

const role = z.strictObject({
  ...principal,
  trusts: z
    .array(
      z.union([arn, accountId, z.literal('*')], {
        error: 'must be an ARN, a 12-digit account ID in quotes, or *',
      }),
    )
    .optional()
    .meta({ description: 'Principals that can assume the role: ARNs, accounts or *.' }),
  externalId: z
    .string()
    .min(2)
    .optional()
    .meta({ description: 'External ID that the trust policy requires.' }),
  needsMfa: z.boolean().optional().meta({ description: 'Whether the role requires an MFA code.' }),
  trustPolicy: policy('trust')
    .optional()
    .meta({ description: 'Trust policy. Replaces the properties trusts, externalId and needsMfa.' }),
  maxSessionSeconds: z.number().int().min(3600).max(43_200).optional(),
});

const account = z.strictObject({
  id: accountId,
  federation: z
    .enum(['enabled', 'disabled'])
    .optional()
    .meta({ description: 'Initial state of federation (default: disabled).' }),
  organization: z
    .strictObject({
      id: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be an ID such as o-a1b2c3d4e5'),
      ouPaths: z.array(z.string()).min(1),
    })
    .optional(),
  serviceControlPolicies: z
    .array(z.record(z.string(), policy('permissions')))
    .optional()
    .meta({
      description:
        'Service control policies: one set for each level, from the root of the organization to the account.',
    }),
  users: z.array(user).optional(),
  roles: z.array(role).optional(),
});

const identityProvider = z.strictObject({
  name: z.string().min(1).max(50),
  account: accountId.optional().meta({
    description: 'Account whose issuer the identity provider trusts (default: the first account).',
  }),
  issuer: z.string().optional().meta({
    description: 'Issuer URL, as an alternative to account. Must equal the iss claim byte for byte.',
  }),
  audience: z.string().min(1),
  userClaim: z.string().min(1).optional(),
  connected: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the organization is connected to the identity provider (default: true).' }),
});

const databaseUser = z.strictObject({
  mechanism: z.enum(MECHANISM_NAMES),
  principal: z.string().min(1).meta({ description: 'ARN of an IAM user or role.' }),
  identityProvider: z.string().optional().meta({
    description: 'Name of the identity provider, for mechanism oidc (default: the first identity provider).',
  }),
  roles: z
    .array(z.string().regex(/^\w+@[^\s@]+$/, 'must be a role and its database, such as readWrite@app'))
    .meta({ description: 'Roles such as readWrite@app or readWriteAnyDatabase@admin.' }),
  clusters: z
    .array(z.string())
    .optional()
    .meta({ description: 'Clusters that the user can access (default: all).' }),
});

/**
 * The schema of a configuration file. `ConsistentSandboxConfig` adds the rules that involve more than one
 * field.
 */
export const SandboxConfig = z.strictObject({
  accounts: z.array(account).min(1).optional().meta({
    description:
      'AWS accounts (default: the built-in accounts). The first user of the first account is the principal of the lab.',
  }),
  identityProviders: z.array(identityProvider).optional(),
  databaseUsers: z.array(databaseUser).optional(),
  data: z
    .record(
      z.string().regex(/^[^\s.$/\\]+\.[^\s$]+$/, 'must be a database and a collection, such as app.visits'),
      z.array(z.record(z.string(), z.unknown())),
    )
    .optional()
    .meta({
      description:
        'Documents to load, in Extended JSON. Each key is a database and a collection, such as app.visits.',
    }),
});

export type SandboxConfig = z.infer<typeof SandboxConfig>;

/**
 * Returns the published schema for editors (JSON Schema 2020-12). It omits the rules that involve more than
 * one field. Only fedctl checks these rules.
 */
export function sandboxConfigSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(SandboxConfig, { io: 'input' });
  return {
    $schema,
    $id: SCHEMA_ID,
    title: 'Configuration of the lab (fedctl sandbox --config)',
    ...schema,
  };
}
