import * as z from 'zod';

/** The state that a lab keeps in a file between runs. The secrets in this file are valid only in the lab. */

const jwk = z.record(z.string(), z.unknown());

const keptUser = z.strictObject({
  id: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  /** The MFA secret in base32; null if the user has no MFA device. */
  mfaSeed: z.string().nullable(),
});

const keptAccount = z.strictObject({
  federation: z.boolean(),
  /** The number in the key IDs, such as 0 in `RSA_0`. */
  generation: z.number().int().min(0),
  /** The private keys, as JWK. */
  keys: z.strictObject({ RS256: jwk, ES384: jwk }),
  /** The users, by ARN. */
  users: z.record(z.string(), keptUser),
  /** The unique IDs of the roles, by ARN. */
  roles: z.record(z.string(), z.string()),
});

export const Kept = z.strictObject({
  schema: z.literal('fedctl.sandbox-state/v1'),
  /**
   * The lab that uses this file. The entry remains if a lab ends without a clean stop. Null if no lab uses
   * the file.
   */
  usedBy: z.strictObject({ url: z.string(), token: z.string() }).nullable(),
  /** The accounts, by account ID. */
  accounts: z.record(z.string(), keptAccount),
  /**
   * The IDs of the identity providers, by display name. The IDs must not change, because the names of
   * database users contain them.
   */
  identityProviders: z.record(z.string(), z.string()),
  /** The documents by `database.collection`, as Extended JSON. */
  data: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

export type Kept = z.infer<typeof Kept>;
export type KeptAccount = z.infer<typeof keptAccount>;
