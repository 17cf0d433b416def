import type { LabAtlas } from './atlas/start-atlas.ts';
import type { AtlasState } from './atlas/state.ts';
import type { AwsWorld } from './aws/world.ts';
import type { LabClock } from './clock.ts';
import type { ClusterOptions } from './cluster.ts';
import type { LabControls } from './control/controls.ts';
import type { LabDescription } from './description.ts';
import type { LabDns } from './dns/dns-server.ts';
import type { ChangedVariables, LabEnvironment } from './environment.ts';
import type { LabTls } from './ground.ts';
import type { CommandNetwork } from './isolation/command-network.ts';
import type { LabLog } from './log.ts';
import type { LabMongod } from './mongod/mongod.ts';
import type { PlatformName } from './platforms.ts';
import type { Kept } from './state/kept.ts';

/** The audience that the lab's identity provider expects. */
export const LAB_AUDIENCE = 'fedctl-lab';

export interface LabOptions extends ClusterOptions {
  readonly now: () => Date;
  /** The command line that starts fedctl. The `fedctl` script in PATH runs this command line. */
  readonly fedctl: readonly string[];
  /** The description of the lab (default: the built-in lab). */
  readonly description?: LabDescription;
  /** The state of an earlier lab (default: none). */
  readonly kept?: Kept | null;
  /** Whether all servers use TLS. The lab creates a new CA for their certificates. */
  readonly tls: boolean;
  /**
   * The platform to emulate. By default, programs get the environment of an operator, with keys and profiles.
   */
  readonly as?: PlatformName | null;
  /**
   * Whether STS applies each federation change after a delay, as in AWS. In the last second of the delay, STS
   * returns an internal failure.
   */
  readonly propagation?: boolean;
  /** The network of an isolated command. Every server also listens in this network. */
  readonly network?: CommandNetwork | undefined;
}

/** A running lab. */
export interface Lab {
  readonly env: LabEnvironment;
  /** The changes to `env` for an isolated command. They set the variables that the real platform sets. */
  readonly isolated: ChangedVariables;
  readonly clock: LabClock;
  /** Changes the running lab. */
  readonly controls: LabControls;
  /** The directory that contains `fedctl`, for PATH. */
  readonly binDirectory: string;
  readonly log: LabLog;
  readonly world: AwsWorld;
  /** The state of Atlas. The Atlas API returns this state, and the MongoDB server reads it at each login. */
  readonly atlas: AtlasState;
  readonly atlasApi: LabAtlas;
  readonly mongod: LabMongod;
  /** The DNS server; null if the lab has no DNS server. */
  readonly dns: LabDns | null;
  /** A directory for the lab's files. The lab removes the directory when it stops. */
  readonly directory: string;
  /** The certificates of the lab's servers and the path of the CA file; null without TLS. */
  readonly tls: LabTls | null;
  /** The network of an isolated command; undefined if the command is not isolated. */
  readonly network: CommandNetwork | undefined;
  /** Closes only the control API. Clients can then reach only the emulated services. */
  closeControl(): Promise<void>;
  /** Stops every server and removes every file within one second. */
  close(): Promise<void>;
}
