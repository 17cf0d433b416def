import type { AwsWorld } from '../aws/world.ts';
import type { ChangedVariables, LabEnvironment } from '../environment.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';

export interface PlatformOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
  readonly region: string;
  /** For its files; the lab removes it. */
  readonly folder: string;
  /** For servers that have TLS where AWS's have it. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The network of an isolated command, where the platform's own addresses are. */
  readonly network?: CommandNetwork | undefined;
}

/** A platform that is being played. */
export interface Platform {
  /** What it sets for a workload: how to come by keys, and the Region where the platform tells it in this way. */
  readonly env: LabEnvironment;
  /** What it sets instead where its own addresses are. */
  readonly isolated?: ChangedVariables;
  readonly plays: readonly (readonly [what: string, where: string])[];
  close(): Promise<void>;
}
