import type { AwsWorld } from '../aws/world.ts';
import type { ChangedVariables, LabEnvironment } from '../environment.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';

export interface PlatformOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
  readonly region: string;
  /** The folder for its files; the lab removes it. */
  readonly folder: string;
  /** For servers that have TLS in AWS. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The network of an isolated command, which has the platform's own addresses. */
  readonly network?: CommandNetwork | undefined;
}

/** An emulated platform. */
export interface Platform {
  /** The variables of a workload: how to get keys, and the Region if the platform sets it this way. */
  readonly env: LabEnvironment;
  /** The variables that differ when the platform's own addresses exist. */
  readonly isolated?: ChangedVariables;
  readonly plays: readonly (readonly [what: string, where: string])[];
  close(): Promise<void>;
}
