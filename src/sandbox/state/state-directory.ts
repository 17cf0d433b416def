import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK } from 'jose/key/export';
import { FedctlError, isFedctlError } from '../../lib/core/errors.ts';
import { systemCode } from '../../lib/core/system-error.ts';
import { readBoundedFile } from '../../lib/files/bounded-file.ts';
import { writeSecretFile } from '../../lib/files/secret-file.ts';
import { dumpData } from '../load-data.ts';
import type { Lab } from '../running-lab.ts';
import { Kept, type KeptAccount } from './kept.ts';

const FILE = 'state.json';

/**
 * Maximum size of the state, in bytes. The state contains the documents of the lab, which must also fit in memory.
 */
const LARGEST_STATE = 64 * 1024 * 1024;

/**
 * Reads the state of an earlier lab from a directory. Creates the directory if it does not exist. Returns null if the
 * directory contains no state.
 *
 * @param timeoutMs timeout for reading the file, in milliseconds
 * @throws FedctlError lab.state-invalid; the abort reason, if `signal` is aborted
 */
export async function readState(
  directory: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Kept | null> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw invalid(directory, 'a directory cannot be created at this path', cause);
  });
  const file = join(directory, FILE);
  const text = await readBoundedFile(file, LARGEST_STATE, signal, timeoutMs).catch((cause: unknown) => {
    if (!isFedctlError(cause)) throw cause;
    if (systemCode(cause.cause) === 'ENOENT') return null;
    throw invalid(file, 'it cannot be read', cause);
  });
  if (text === null) return null;
  if (((await stat(file)).mode & 0o077) !== 0) throw invalid(file, 'other users can read it');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, 'it is not JSON', cause);
  }
  const read = Kept.safeParse(value);
  if (read.success) return read.data;
  throw invalid(file, 'the format does not match this version of fedctl', read.error);
}

/** Replaces the state file atomically. Only the owner can read the file. */
export async function writeState(directory: string, lab: Lab, running: boolean): Promise<void> {
  const { FEDCTL_SANDBOX_URL: url = '', FEDCTL_SANDBOX_TOKEN: token = '' } = lab.env;
  const accounts = await Promise.all(
    lab.world.accounts.map(async (account) => [account.id, await keptAccount(lab, account.id)] as const),
  );
  const kept: Kept = {
    schema: 'fedctl.sandbox-state/v1',
    usedBy: running ? { url, token } : null,
    accounts: Object.fromEntries(accounts),
    identityProviders: Object.fromEntries(
      lab.atlas.identityProviders.map(({ displayName, id }) => [displayName, id]),
    ),
    data: dumped(lab),
  };
  await writeSecretFile(join(directory, FILE), JSON.stringify(kept));
}

async function keptAccount({ world }: Lab, id: string): Promise<KeptAccount> {
  const { keys, federation } = world.account(id);
  const [RS256, ES384] = await Promise.all(
    [keys.RS256, keys.ES384].map(async (key) => ({ ...(await exportJWK((await key.pair()).privateKey)) })),
  );
  const own = <T extends { readonly account: { readonly id: string } }>(all: readonly T[]) =>
    all.filter(({ account }) => account.id === id);
  return {
    federation: federation.enabled,
    generation: keys.RS256.generation,
    keys: { RS256: RS256 ?? {}, ES384: ES384 ?? {} },
    users: Object.fromEntries(
      own(world.users).map((user) => [
        user.arn,
        {
          id: user.id,
          accessKeyId: user.accessKeyId,
          secretAccessKey: user.secretAccessKey.reveal(),
          mfaSeed:
            user.mfaDevice === null ? null : new URL(user.mfaDevice.url.reveal()).searchParams.get('secret'),
        },
      ]),
    ),
    roles: Object.fromEntries(own(world.roles).map((role) => [role.arn, role.id])),
  };
}

function dumped({ mongod }: Lab): Kept['data'] {
  const entries = Object.entries(dumpData(mongod.store));
  return Object.fromEntries(entries.map(([name, documents]) => [name, documents.map((one) => ({ ...one }))]));
}

function invalid(path: string, reason: string, cause?: unknown): FedctlError {
  return new FedctlError('lab.state-invalid', {
    message: `Invalid lab state ${path}: ${reason}.`,
    details: { path },
    cause,
  });
}
