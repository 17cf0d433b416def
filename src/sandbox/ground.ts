import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabCertificates } from './certificates.ts';
import { LabClock } from './clock.ts';
import type { Closers } from './closers.ts';
import { HopDelays } from './delays.ts';
import { CLUSTER_ZONE } from './dns/cluster-names.ts';
import { LabLog } from './log.ts';

/** What the servers of a lab present, and the file that holds the CA. */
export type LabTls = LabCertificates & { readonly caFile: string };

/** What every server of a lab stands on. */
export interface Ground {
  readonly clock: LabClock;
  readonly log: LabLog;
  readonly delays: HopDelays;
  readonly folder: string;
  readonly tls: LabTls | null;
  /** The options that every server takes: its certificate, and the CA of the others. Empty without TLS. */
  readonly secured: { readonly tls?: { readonly key: string; readonly cert: string }; readonly ca?: string };
}

export async function layGround(real: () => Date, tls: boolean, closers: Closers): Promise<Ground> {
  const clock = new LabClock(real);
  const folder = await mkdtemp(join(tmpdir(), 'fedctl-lab-'));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  const made = tls ? await makeCertificates(clock.now(), folder) : null;
  const secured = made === null ? {} : { tls: { key: made.key, cert: made.cert }, ca: made.ca };
  return { clock, log: new LabLog(clock.now), delays: new HopDelays(), folder, tls: made, secured };
}

/** Certificates cost a fifth of a second to load, and most labs need none. */
async function makeCertificates(now: Date, folder: string): Promise<LabTls> {
  const { createCertificates } = await import('./certificates.ts');
  const made = await createCertificates(now, [`*.${CLUSTER_ZONE}`]);
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, made.ca, { mode: 0o600 });
  return { ...made, caFile };
}
