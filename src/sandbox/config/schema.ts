import * as z from 'zod';
import { faultText } from '../../lib/policy/faults.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { MECHANISM_NAMES } from '../../lib/uri/mechanism.ts';

/** The configuration of a lab, as somebody writes it. What a field is for stands in its description, for editors. */

const SCHEMA_ID = 'sandbox-config.v1.json';

const name = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'must be a name as IAM has them: letters, digits and +=,.@_-');
const accountId = z.string().regex(/^\d{12}$/, 'must be the 12 digits of an account, in quotes');
const arn = z
  .string()
  .regex(/^arn:aws:(iam|sts)::\d{12}:[^\s]+$/, 'must be an ARN: arn:aws:iam::<account>:…');

/** A policy document as AWS writes it; whether AWS would take it is asked of the evaluator's own parser. */
function policy(kind: 'permissions' | 'trust') {
  return z
    .record(z.string(), z.unknown())
    .superRefine((document, context) => {
      const parsed = parsePolicy(document, kind);
      if (parsed.ok) return;
      const faults = parsed.faults.map(faultText).join('; ');
      context.addIssue({ code: 'custom', message: `AWS would refuse this policy: ${faults}` });
    })
    .meta({ description: 'A policy document as AWS writes it: Version and Statement.' });
}

const principal = {
  name,
  path: z
    .string()
    .regex(/^\/([!-~]+\/)?$/, 'must begin and end with a slash')
    .optional()
    .meta({ description: 'Part of the ARN; / unless given.' }),
  profile: z.string().min(1).optional().meta({ description: "Name of its profile in the lab's AWS config." }),
  tags: z.record(z.string(), z.string()).optional(),
  allow: z
    .array(
      z.string().regex(/^(\*|[\w-]+:[\w*?]+)$/, 'must be an action such as sts:GetWebIdentityToken, or *'),
    )
    .optional()
    .meta({ description: 'Actions that are allowed on everything: short for a policy.' }),
  policies: z.record(z.string(), policy('permissions')).optional().meta({ description: 'By their names.' }),
  permissionsBoundary: policy('permissions').optional(),
};

const user = z.strictObject({
  ...principal,
  mfa: z.boolean().optional().meta({ description: 'Whether it has a virtual MFA device.' }),
});

const role = z.strictObject({
  ...principal,
  trusts: z
    .array(
      z.union([arn, accountId, z.literal('*')], {
        error: 'must be an ARN, the 12 digits of an account in quotes, or *',
      }),
    )
    .optional()
    .meta({ description: 'Who may assume it: ARNs, accounts or *.' }),
  externalId: z.string().min(2).optional().meta({ description: 'Wanted from whoever assumes it.' }),
  needsMfa: z.boolean().optional().meta({ description: 'Whether it wants an MFA code.' }),
  trustPolicy: policy('trust')
    .optional()
    .meta({ description: 'In the place of trusts, externalId and needsMfa.' }),
  maxSessionSeconds: z.number().int().min(3600).max(43_200).optional(),
});

const account = z.strictObject({
  id: accountId,
  federation: z
    .enum(['enabled', 'disabled'])
    .optional()
    .meta({ description: 'Whether it issues tokens from the start; disabled unless given.' }),
  organization: z
    .strictObject({
      id: z.string().regex(/^o-[a-z0-9]{10,32}$/, 'must be an id such as o-a1b2c3d4e5'),
      ouPaths: z.array(z.string()).min(1),
    })
    .optional(),
  serviceControlPolicies: z
    .array(z.record(z.string(), policy('permissions')))
    .optional()
    .meta({ description: "One set for each level from the organization's root down to the account." }),
  users: z.array(user).optional(),
  roles: z.array(role).optional(),
});

const identityProvider = z.strictObject({
  name: z.string().min(1).max(50),
  account: accountId
    .optional()
    .meta({ description: 'The account of the lab whose issuer it is for; the first unless given.' }),
  issuer: z.string().optional().meta({ description: 'In the place of account: any issuer, byte for byte.' }),
  audience: z.string().min(1),
  userClaim: z.string().min(1).optional(),
  connected: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the organization is connected to it; true unless given.' }),
});

const databaseUser = z.strictObject({
  mechanism: z.enum(MECHANISM_NAMES),
  principal: z.string().min(1).meta({ description: 'The ARN of a user or role.' }),
  identityProvider: z
    .string()
    .optional()
    .meta({ description: 'By its name, for oidc; the first unless given.' }),
  roles: z
    .array(z.string().regex(/^\w+@[^\s@]+$/, 'must be a role and its database, such as readWrite@app'))
    .meta({ description: 'Such as readWrite@app, or readWriteAnyDatabase@admin.' }),
  clusters: z.array(z.string()).optional().meta({ description: 'Clusters it exists on; all unless given.' }),
});

/** Each value by itself; `ConsistentSandboxConfig` knows what spans several. */
export const SandboxConfig = z.strictObject({
  accounts: z.array(account).min(1).optional().meta({
    description:
      "The AWS accounts; the built-in ones unless given. The first user of the first is the lab's own.",
  }),
  identityProviders: z.array(identityProvider).optional(),
  databaseUsers: z.array(databaseUser).optional(),
  data: z
    .record(
      z.string().regex(/^[^\s.$/\\]+\.[^\s$]+$/, 'must be a database and a collection, such as app.visits'),
      z.array(z.record(z.string(), z.unknown())),
    )
    .optional()
    .meta({ description: 'Documents to load, by database.collection, in Extended JSON.' }),
});

export type SandboxConfig = z.infer<typeof SandboxConfig>;

/** The published schema, for editors: draft 2020-12. What spans several fields is checked by fedctl alone. */
export function sandboxConfigSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(SandboxConfig, { io: 'input' });
  return {
    $schema,
    $id: SCHEMA_ID,
    title: 'The configuration of a lab (fedctl sandbox --config)',
    ...schema,
  };
}
