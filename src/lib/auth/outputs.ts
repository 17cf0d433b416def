import { rm } from 'node:fs/promises';
import type { Context } from '../core/context.ts';
import type { TokenSource } from '../core/token.ts';
import type { ServedCredentials } from '../exec/credentials-endpoint.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import { decodeJwt } from '../jwt/decode.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Output } from './keep-fresh.ts';
import { type SessionRequest, sessionCredentials } from './session-credentials.ts';
import { toFile } from './token-source.ts';

/** Creates the output that writes tokens to a file. The file is removed shortly before its token expires. */
export function tokenFileOutput(source: TokenSource, path: string, mode = 0o600): Output {
  const written = toFile(source, path, mode);
  return {
    name: path,
    renew: (signal) => written.get(signal),
    withdraw: () => rm(path, { force: true }),
  };
}

/** An output that serves session credentials until shortly before they expire. */
export interface CredentialsOutput extends Output {
  served(): ServedCredentials | null;
}

/**
 * The lifetime that fedctl reports for credentials without an expiration, in milliseconds. SDKs request new
 * credentials when this lifetime has passed.
 */
const UNKNOWN_LIFE_MS = 20 * 60_000;

/**
 * Creates an output that keeps session credentials in memory, for an endpoint that serves them.
 *
 * @param name the address of this endpoint, for messages
 */
export function credentialsOutput(
  context: Context,
  settings: AwsSettings,
  request: SessionRequest,
  name: string,
): CredentialsOutput {
  let served: ServedCredentials | null = null;
  return {
    name,
    served: () => (served !== null && context.now() < served.expiresAt ? served : null),
    async renew(signal) {
      const { credentials } = await sessionCredentials({ ...context, signal }, settings, request);
      const issuedAt = context.now();
      const expiresAt = credentials.expiresAt ?? new Date(issuedAt.getTime() + UNKNOWN_LIFE_MS);
      served = { credentials, expiresAt };
      return { issuedAt, expiresAt };
    },
    async withdraw() {
      served = null;
    },
  };
}

const LARGEST_TOKEN = 64 * 1024;

/**
 * Returns the expiration of the token in a file. Any program may have written the file.
 *
 * @returns the expiration; null if the file contains no token with an expiration
 */
export async function expiryOfFile(path: string, signal: AbortSignal): Promise<Date | null> {
  try {
    const { payload } = decodeJwt(await readBoundedFile(path, LARGEST_TOKEN, signal));
    return typeof payload['exp'] === 'number' ? new Date(payload['exp'] * 1000) : null;
  } catch {
    return null;
  }
}
