import { fileURLToPath } from 'node:url';
import { processContext } from '../lib/process-context.ts';
import type { LabControls } from './control/controls.ts';
import { insideLab } from './environment.ts';
import { startLab } from './lab.ts';
import type { LabLogEntry } from './log.ts';
import type { PlatformName } from './platforms.ts';
import { LAB_AUDIENCE } from './running-lab.ts';

/** The public API of `fedctl/sandbox`. Everything else may change without notice. */

export { FedctlError, isFedctlError } from '../lib/core/errors.ts';
export type { LabLogEntry } from './log.ts';
export type { PlatformName } from './platforms.ts';

/** Options of a lab. The defaults are those of `fedctl sandbox`. */
export interface SandboxOptions {
  /**
   * The platform whose environment the lab emulates (default: the environment of an operator, with keys and
   * profiles).
   */
  readonly as?: PlatformName | null;
  /** Gives the MongoDB server its own DNS names and a `mongodb+srv` connection string. Implies TLS. */
  readonly srv?: boolean;
  /** Makes STS follow changes of the federation setting as slowly as in AWS. */
  readonly propagation?: boolean;
  /**
   * Enables outbound federation at the start. Otherwise, enable it with `fedctl enable` or in the code under
   * test.
   */
  readonly federation?: boolean;
  /** Serves everything over TLS with a new CA. `env` contains the path of the CA file. */
  readonly tls?: boolean;
  /** The name of a replica set whose only member is the MongoDB server (default: a standalone server). */
  readonly replicaSet?: string;
  /** Port of the MongoDB server (default: a free port). */
  readonly mongoPort?: number;
}

/** A lab in this process. */
export interface Sandbox {
  /**
   * The variables of the lab: credentials, endpoints, connection string. Use them in `process.env`, or in the
   * environment of a child process.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The connection string of the MongoDB server, without a mechanism. */
  readonly uri: string;
  /** The `iss` of the lab's tokens. */
  readonly issuer: string;
  /** The audience that the identity provider expects. */
  readonly audience: string;
  /** Changes the running lab: clock, federation, keys, users, connections, delays. */
  readonly controls: Omit<LabControls, 'stop' | 'stopping'>;
  /**
   * Returns the last 1,000 decisions of the lab with their reasons. Responses do not contain these reasons.
   */
  log(): readonly LabLogEntry[];
  /**
   * Returns the environment of a program inside the lab. Removes all variables that could connect the program
   * to the real AWS or Atlas, puts `fedctl` first in PATH, excludes loopback from proxies, and adds the lab's
   * variables.
   */
  inside(outside: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /**
   * Stops every server and removes every file within a second. Nothing that remains keeps the process alive.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a lab in this process: AWS STS and IAM, an issuer, the Atlas API and a MongoDB server with MONGODB-OIDC
 * and MONGODB-AWS, on free loopback ports. Keys are created on first use, so the start takes milliseconds.
 *
 *     import { after, before, test } from 'node:test';
 *     import { mongoOidcCallback } from 'fedctl';
 *     import { startSandbox } from 'fedctl/sandbox';
 *     import { MongoClient } from 'mongodb';
 *
 *     let sandbox;
 *     before(async () => {
 *       sandbox = await startSandbox({ federation: true });
 *       Object.assign(process.env, sandbox.env);
 *     });
 *     after(() => sandbox.close());
 *
 *     test('logs in without a password', async () => {
 *       const OIDC_CALLBACK = mongoOidcCallback({ audience: sandbox.audience });
 *       const client = new MongoClient(sandbox.uri, {
 *         authMechanism: 'MONGODB-OIDC',
 *         authMechanismProperties: { OIDC_CALLBACK },
 *       });
 *       await client.db('app').collection('things').insertOne({ made: 'here' });
 *       await client.close();
 *     });
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { federation = false, tls = false, replicaSet = null, mongoPort = 0, ...rest } = options;
  const bin = fileURLToPath(new URL('../../bin/fedctl.js', import.meta.url));
  const { now, self } = processContext(bin, new AbortController().signal);
  const lab = await startLab({ ...rest, now, fedctl: self, tls, replicaSet, mongoPort });
  if (federation) lab.controls.setFederation(true);
  return {
    env: lab.env,
    uri: lab.env['FEDCTL_URI'] ?? '',
    issuer: lab.env['FEDCTL_ISSUER'] ?? '',
    audience: LAB_AUDIENCE,
    controls: lab.controls,
    log: () => lab.log.entries(),
    inside: (outside) => insideLab(outside, lab.env, lab.binFolder),
    close: lab.close,
    [Symbol.asyncDispose]: lab.close,
  };
}
