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

/** The options of a lab. The defaults are the same as for `fedctl sandbox`. */
export interface SandboxOptions {
  /**
   * The platform that the lab emulates for programs. By default, the lab emulates no platform, and programs get
   * access keys and profiles.
   */
  readonly as?: PlatformName | null;
  /**
   * Whether the MongoDB server has its own DNS names and a `mongodb+srv` connection string. Also enables a
   * replica set, and TLS for all servers.
   */
  readonly srv?: boolean;
  /** Whether STS applies each federation change after a delay, as in AWS. */
  readonly propagation?: boolean;
  /**
   * Whether outbound federation is enabled from the start. If not, use `fedctl enable`, or enable federation
   * in the code under test.
   */
  readonly federation?: boolean;
  /**
   * Whether all servers use TLS. The lab creates a new CA for their certificates. `env` contains the path of the
   * CA file.
   */
  readonly tls?: boolean;
  /**
   * The name of the replica set (default: a standalone server). The MongoDB server is the only member of the
   * replica set.
   */
  readonly replicaSet?: string;
  /** Port of the MongoDB server (default: a free port). */
  readonly mongoPort?: number;
}

/** A lab that runs in this process. */
export interface Sandbox {
  /**
   * The variables of the lab: credentials, endpoints, connection string. Set them in `process.env`, or in the
   * environment of a child process.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The connection string of the MongoDB server, without an authentication mechanism. */
  readonly uri: string;
  /** The `iss` claim of the lab's tokens. */
  readonly issuer: string;
  /** The audience that the lab's identity provider expects. */
  readonly audience: string;
  /** Changes the clock, federation, keys, users, connections and delays of the running lab. */
  readonly controls: Omit<LabControls, 'stop' | 'stopping'>;
  /**
   * Returns the last 1,000 entries of the lab's log. The entries contain the reason for each decision.
   * Responses do not contain this reason.
   */
  log(): readonly LabLogEntry[];
  /**
   * Returns the environment of a program inside the lab. Removes all variables that could connect the program
   * to the real AWS or Atlas. Puts `fedctl` first in PATH, prevents the use of a proxy for loopback
   * addresses, and adds the lab's variables.
   */
  inside(outside: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /**
   * Stops all servers of the lab and removes its temporary files within one second. After this call, the lab no
   * longer keeps the process running.
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
    inside: (outside) => insideLab(outside, lab.env, lab.binDirectory),
    close: lab.close,
    [Symbol.asyncDispose]: lab.close,
  };
}
