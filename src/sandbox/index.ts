import { fileURLToPath } from 'node:url';
import { processContext } from '../lib/process-context.ts';
import type { LabControls } from './control/controls.ts';
import { insideLab } from './environment.ts';
import { startLab } from './lab.ts';
import type { LabLogEntry } from './log.ts';
import type { PlatformName } from './platforms.ts';
import { LAB_AUDIENCE } from './running-lab.ts';

/** What a program may import as `fedctl/sandbox`. Everything else may change without notice. */

export { FedctlError, isFedctlError } from '../lib/core/errors.ts';
export type { LabLogEntry } from './log.ts';
export type { PlatformName } from './platforms.ts';

/** What differs from the lab that `fedctl sandbox` starts. */
export interface SandboxOptions {
  /** The platform that the environment is that of; otherwise that of an operator, with keys and profiles. */
  readonly as?: PlatformName | null;
  /** Serves the MongoDB server under names of its own behind a `mongodb+srv` connection string, which implies TLS. */
  readonly srv?: boolean;
  /** Lets STS follow changes of the account's switch as late as AWS's own. */
  readonly propagation?: boolean;
  /** Outbound federation is enabled from the start; otherwise `fedctl enable`, or whatever is tested, does it. */
  readonly federation?: boolean;
  /** Everything under a CA made for this lab: `env` says where it is. */
  readonly tls?: boolean;
  /** The name of the replica set whose only member the MongoDB server is; a standalone without. */
  readonly replicaSet?: string;
  /** Port of the MongoDB server; a free one without. */
  readonly mongoPort?: number;
}

/** A lab in this process. */
export interface Sandbox {
  /** Its variables: credentials, endpoints, connection string. Put them into `process.env`, or into that of a child. */
  readonly env: Readonly<Record<string, string>>;
  /** The connection string of its MongoDB server; no mechanism is in it. */
  readonly uri: string;
  /** What stands in `iss` of its tokens. */
  readonly issuer: string;
  /** What its identity provider expects in `aud`. */
  readonly audience: string;
  /** Changes it while it runs: its clock, federation, keys, users, connections, delays. */
  readonly controls: Omit<LabControls, 'stop' | 'stopping'>;
  /** What was decided, and why: the last thousand entries. The wire never says so much. */
  log(): readonly LabLogEntry[];
  /**
   * The environment of a program inside: what it has outside, without anything that could lead to the real AWS or
   * Atlas, `fedctl` first on PATH, loopback kept from proxies, and the lab's variables.
   */
  inside(outside: Readonly<Record<string, string | undefined>>): Record<string, string>;
  /** Ends every server and removes every file, within a second. Nothing is left that keeps the process. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a lab in this process: AWS STS and IAM, an issuer, Atlas's API and a MongoDB server that speaks MONGODB-OIDC
 * and MONGODB-AWS, on free ports of loopback. Keys are made when they are first used, so that this takes milliseconds.
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
