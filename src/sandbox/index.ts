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

/** The differences from the lab that `fedctl sandbox` starts. */
export interface SandboxOptions {
  /** The platform that the environment is that of; otherwise that of an operator, with keys and profiles. */
  readonly as?: PlatformName | null;
  /** Serves the MongoDB server under names of its own behind a `mongodb+srv` connection string, which implies TLS. */
  readonly srv?: boolean;
  /** Lets STS follow changes of the account's switch as late as AWS's own. */
  readonly propagation?: boolean;
  /**
   * Enables outbound federation from the start; otherwise `fedctl enable`, or the code under test, does it.
   */
  readonly federation?: boolean;
  /** Serves everything with a CA that is created for this lab: `env` contains its path. */
  readonly tls?: boolean;
  /** The name of a replica set with the MongoDB server as its only member; by default a standalone. */
  readonly replicaSet?: string;
  /** Port of the MongoDB server; by default a free port. */
  readonly mongoPort?: number;
}

/** A lab in this process. */
export interface Sandbox {
  /**
   * Its variables: credentials, endpoints, connection string. For `process.env`, or the environment of a
   * child process.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The connection string of its MongoDB server, without a mechanism. */
  readonly uri: string;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `aud` that its identity provider expects. */
  readonly audience: string;
  /** Changes the running lab: its clock, federation, keys, users, connections, delays. */
  readonly controls: Omit<LabControls, 'stop' | 'stopping'>;
  /**
   * Returns the decisions of the lab with their reasons: the last thousand entries. Responses do not contain
   * these reasons.
   */
  log(): readonly LabLogEntry[];
  /**
   * Returns the environment of a program inside the lab: the outside environment without everything that
   * could lead to the real AWS or Atlas, with `fedctl` first on PATH, no proxies for loopback, and the lab's
   * variables.
   */
  inside(outside: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /**
   * Stops every server and removes every file, within a second. Nothing remains that keeps the process alive.
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
