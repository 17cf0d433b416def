import type { LabOptions } from '../../src/sandbox/running-lab.ts';

/** A lab on the real clock, with one MongoDB server on a free port. */
export const LAB_OPTIONS: LabOptions = {
  now: () => new Date(),
  fedctl: ['fedctl'],
  tls: false,
  replicaSet: null,
  mongoPort: 0,
};
