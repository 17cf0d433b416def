import type { AwsWorld } from '../aws/world.ts';
import type { ChangedVariables, LabEnvironment } from '../environment.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';

export interface PlatformOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
  readonly region: string;
  /** The directory for the platform's files. The lab removes the directory. */
  readonly directory: string;
  /**
   * The certificate and the private key for emulated services that use TLS in AWS; undefined if the lab does
   * not use TLS.
   */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The network of an isolated command. It has the platform's link-local addresses. */
  readonly network?: CommandNetwork | undefined;
}

/** An emulated platform. */
export interface Platform {
  /** The variables that workloads need to get credentials, and the Region if the platform sets it. */
  readonly env: LabEnvironment;
  /**
   * The changes to `env` for an isolated command. The network of such a command has the platform's link-local
   * addresses.
   */
  readonly isolated?: ChangedVariables;
  readonly plays: readonly (readonly [what: string, where: string])[];
  close(): Promise<void>;
}
