import * as z from 'zod';

/** The state file of a lab, which it keeps between runs. It contains secrets, but only those of the lab. */

const jwk = z.record(z.string(), z.unknown());

const keptUser = z.strictObject({
  id: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** In base32; null without an MFA device. */
  mfaSeed: z.string().nullable(),
});

const keptAccount = z.strictObject({
  federation: z.boolean(),
  /** The number in the kids. */
  generation: z.number().int().min(0),
  /** Private halves. */
  keys: z.strictObject({ RS256: jwk, ES384: jwk }),
  /** By ARN. */
  users: z.record(z.string(), keptUser),
  /** Unique ids by ARN. */
  roles: z.record(z.string(), z.string()),
});

export const Kept = z.strictObject({
  schema: z.literal('fedctl.sandbox-state/v1'),
  /** The lab that uses the file now, or that did not end properly. */
  usedBy: z.strictObject({ url: z.string(), token: z.string() }).nullable(),
  /** By id. */
  accounts: z.record(z.string(), keptAccount),
  /** Ids by display name, because the names of database users contain them. */
  identityProviders: z.record(z.string(), z.string()),
  /** Extended JSON by `database.collection`. */
  data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

export type Kept = z.infer<typeof Kept>;
export type KeptAccount = z.infer<typeof keptAccount>;
