import { resolve } from 'node:path';
import type { CheckTarget } from '../core/check-target.ts';
import type { Context } from '../core/context.ts';
import { parseDuration } from '../core/duration.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { PROBE_NAMESPACE, readNamespace, readPrivilege } from '../core/namespace.ts';
import { DEFAULT_DURATION_SECONDS } from '../core/token.ts';
import { parseConnectionString } from '../uri/connection-string.ts';
import { CheckConfig, type CheckSettings } from './check-schema.ts';
import { interpolate } from './interpolate.ts';
import { secretIn } from './secrets.ts';
import { readYaml } from './yaml-document.ts';

const REMEDY = 'Correct the lines above. "fedctl init --out -" prints every supported key.';

export interface ConfigPlace {
  /** The file name, for messages. */
  readonly file: string;
  /** Absolute path of the directory to which paths in the file are relative. */
  readonly directory: string;
  /** The environment. Only the variables FEDCTL_VAR_* are read. */
  readonly env: Context['env'];
}

/**
 * Parses `fedctl.yaml`. Returns the targets of `fedctl check` in file order, with the defaults applied. Reads
 * no other file and makes no network calls. If the file was not specified with --config, the caller must also
 * call `refuseStrangeHosts`.
 *
 * @throws FedctlError config.invalid with every error found, each with its line and column;
 * mongo.plaintext-refused
 */
export function readCheckConfig(text: string, { file, directory, env }: ConfigPlace): readonly CheckTarget[] {
  const config = readYaml(CheckConfig, text, file, {
    remedy: REMEDY,
    readText: (value) => withoutSecret(interpolate(value, env)),
  });
  return Object.entries(config.targets).map(([name, own]) =>
    checkTarget(name, { ...config.defaults, ...own }, directory),
  );
}

function withoutSecret(read: ReturnType<typeof interpolate>): ReturnType<typeof interpolate> {
  const secret = 'text' in read ? secretIn(read.text) : null;
  return secret === null
    ? read
    : { fault: `looks like ${secret}: this file must not contain secrets, and fedctl does not need them` };
}

function checkTarget(name: string, keys: CheckSettings, directory: string): CheckTarget {
  return {
    name,
    uri: keys.uri === undefined ? null : readUri(name, keys.uri),
    refuseMember: null,
    mechanism: keys.mechanism ?? null,
    audience: keys.audience ?? null,
    signingAlgorithm: keys.signingAlgorithm ?? 'RS256',
    durationSeconds: seconds(keys.duration),
    tokenFile: keys.tokenFile === undefined ? null : resolve(directory, keys.tokenFile),
    role:
      keys.roleArn === undefined
        ? null
        : {
            roleArn: keys.roleArn,
            externalId: keys.externalId ?? null,
            sessionName: keys.sessionName ?? null,
            mfaSerial: keys.mfaSerial ?? null,
          },
    profile: keys.profile ?? null,
    region: keys.region ?? null,
    issuer: keys.issuer ?? null,
    subject: keys.subject ?? null,
    privileges: (keys.privileges ?? []).map(readPrivilege).filter((privilege) => privilege !== null),
    writeProbe: writeProbe(keys.writeProbe),
    api: keys.api ?? null,
    atlasProject: keys.atlasProject ?? null,
    atlasCluster: keys.atlasCluster ?? null,
    dnsServer: keys.dnsServer ?? null,
    warnings: [],
  };
}

/**
 * Parses a connection string. Adds the name of the target to errors that the schema does not detect, and
 * keeps the failure code of these errors.
 */
function readUri(target: string, text: string): CheckTarget['uri'] {
  try {
    return parseConnectionString(text);
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    const { code, likelyCause, remedy, details } = error;
    const message = `Target "${target}": ${error.message}`;
    throw new FedctlError(code, {
      message,
      likelyCause,
      remedy,
      details: { ...details, target },
      cause: error,
    });
  }
}

function seconds(duration: CheckSettings['duration']): number {
  const read = typeof duration === 'string' ? parseDuration(duration) : duration;
  return read ?? DEFAULT_DURATION_SECONDS;
}

function writeProbe(given: CheckSettings['writeProbe']): CheckTarget['writeProbe'] {
  return typeof given === 'string'
    ? readNamespace(given)
    : given === true
      ? readNamespace(PROBE_NAMESPACE)
      : null;
}
