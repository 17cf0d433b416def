import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { AtlasCredentials, AtlasSettings } from '../ports/atlas.ts';
import { ATLAS_URL } from './address.ts';

/** The environment variables of the Atlas CLI for the client ID and the secret. */
const SERVICE_ACCOUNT = ['MONGODB_ATLAS_CLIENT_ID', 'MONGODB_ATLAS_CLIENT_SECRET'] as const;
const API_KEY = ['MONGODB_ATLAS_PUBLIC_API_KEY', 'MONGODB_ATLAS_PRIVATE_API_KEY'] as const;
const OPS_MANAGER_URL = 'MONGODB_ATLAS_OPS_MANAGER_URL';

/**
 * Reads the URL and the credentials of the Atlas API from the environment. A service account takes precedence
 * over an API key. An empty variable counts as not set. Sends no request and does not validate the URL (see
 * `createAtlas`).
 *
 * @param given the URL of `--atlas-url` or FEDCTL_ATLAS_URL; takes precedence over
 * MONGODB_ATLAS_OPS_MANAGER_URL
 * @returns null if the environment contains no credentials
 * @throws FedctlError atlas.credentials-half-set
 */
export function atlasAccess(
  env: Context['env'],
  given: { readonly url: string | null },
): Omit<AtlasSettings, 'timeoutMs'> | null {
  const account = pairOf(env, SERVICE_ACCOUNT);
  const key = pairOf(env, API_KEY);
  const credentials = credentialsOf(account, key);
  if (credentials === null) return null;
  return { url: given.url ?? setting(env, OPS_MANAGER_URL) ?? ATLAS_URL, credentials };
}

type Pair = readonly [id: string, secret: Secret];

function credentialsOf(account: Pair | null, key: Pair | null): AtlasCredentials | null {
  if (account !== null) return { kind: 'service-account', clientId: account[0], secret: account[1] };
  return key === null ? null : { kind: 'api-key', publicKey: key[0], privateKey: key[1] };
}

function pairOf(env: Context['env'], names: readonly [id: string, secret: string]): Pair | null {
  const [id, secret] = names.map((name) => setting(env, name));
  if (id !== undefined && secret !== undefined) return [id, new Secret(secret)];
  if (id === undefined && secret === undefined) return null;
  const [set, missing] = id === undefined ? [names[1], names[0]] : names;
  throw new FedctlError('atlas.credentials-half-set', {
    message: `${set} is set, but ${missing} is not.`,
    remedy: `Set ${missing} as well, or unset ${set}.`,
    details: { set, missing },
  });
}

function setting(env: Context['env'], name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
