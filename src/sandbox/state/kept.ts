import * as z from 'zod';

/** The state that a lab keeps in a file between runs. The secrets in it are only valid in the lab. */

const jwk = z.record(z.string(), z.unknown());

const keptUser = z.strictObject({
  id: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** MFA secret in base32; null without an MFA device. */
  mfaSeed: z.string().nullable(),
});

const keptAccount = z.strictObject({
  federation: z.boolean(),
  /** The number in the key IDs. */
  generation: z.number().int().min(0),
  /** Private keys as JWK. */
  keys: z.strictObject({ RS256: jwk, ES384: jwk }),
  /** Users by ARN. */
  users: z.record(z.string(), keptUser),
  /** Unique role IDs by ARN. */
  roles: z.record(z.string(), z.string()),
});

export const Kept = z.strictObject({
  schema: z.literal('fedctl.sandbox-state/v1'),
  /** The lab that uses the file now, or that ended without removing this entry. */
  usedBy: z.strictObject({ url: z.string(), token: z.string() }).nullable(),
  /** Accounts by ID. */
  accounts: z.record(z.string(), keptAccount),
  /** IDs by display name. They must not change, because names of database users contain them. */
  identityProviders: z.record(z.string(), z.string()),
  /** Documents by `database.collection`, as Extended JSON. */
  data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

export type Kept = z.infer<typeof Kept>;
export type KeptAccount = z.infer<typeof keptAccount>;
