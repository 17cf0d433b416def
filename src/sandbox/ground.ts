import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabCertificates } from './certificates.ts';
import { LabClock } from './clock.ts';
import type { Closers } from './closers.ts';
import { HopDelays } from './delays.ts';
import { CLUSTER_ZONE } from './dns/cluster-names.ts';
import type { CommandNetwork } from './isolation/command-network.ts';
import { LabLog } from './log.ts';

/** The certificates of the lab's servers, and the path of the CA file. */
export type LabTls = LabCertificates & { readonly caFile: string };

export interface GroundOptions {
  /** Returns the real time. */
  readonly now: () => Date;
  readonly tls: boolean;
  readonly network: CommandNetwork | undefined;
}

/** The parts that all servers of a lab share. */
export interface Ground {
  readonly clock: LabClock;
  readonly log: LabLog;
  readonly delays: HopDelays;
  readonly directory: string;
  readonly tls: LabTls | null;
  /** The options that all servers share. */
  readonly serving: Serving;
}

export interface Serving {
  /** The certificate and the private key of the server. Missing if the lab does not use TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly ca?: string;
  /** The network of an isolated command. The server also listens in this network. */
  readonly network: CommandNetwork | undefined;
}

export async function layGround(
  { now: real, tls, network }: GroundOptions,
  closers: Closers,
): Promise<Ground> {
  const clock = new LabClock(real);
  const directory = await mkdtemp(join(tmpdir(), 'fedctl-lab-'));
  closers.add(() => rm(directory, { recursive: true, force: true }));
  const made = tls ? await makeCertificates(clock.now(), directory) : null;
  const secured = made === null ? {} : { tls: { key: made.key, cert: made.cert }, ca: made.ca };
  const serving = { ...secured, network };
  return { clock, log: new LabLog(clock.now), delays: new HopDelays(), directory, tls: made, serving };
}

/** Creates the certificates. Loads the code for certificates only if needed, because loading takes 0.2 s. */
async function makeCertificates(now: Date, directory: string): Promise<LabTls> {
  const { createCertificates } = await import('./certificates.ts');
  const made = await createCertificates(now, [`*.${CLUSTER_ZONE}`]);
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, made.ca, { mode: 0o600 });
  return { ...made, caFile };
}
