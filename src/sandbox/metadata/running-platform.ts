import type { AwsWorld } from '../aws/world.ts';
import type { ChangedVariables, LabEnvironment } from '../environment.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';

export interface PlatformOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
  readonly region: string;
  /** The folder for files of the platform. The lab removes it. */
  readonly folder: string;
  /** The certificate for servers that use TLS in AWS. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The network of an isolated command, which has the link-local addresses of the platform. */
  readonly network?: CommandNetwork | undefined;
}

/** An emulated platform. */
export interface Platform {
  /** The variables that workloads need to get keys, and the Region if the platform sets one. */
  readonly env: LabEnvironment;
  /**
   * The variables that are different in an isolated command, which has the link-local addresses of the
   * platform.
   */
  readonly isolated?: ChangedVariables;
  readonly plays: readonly (readonly [what: string, where: string])[];
  close(): Promise<void>;
}
