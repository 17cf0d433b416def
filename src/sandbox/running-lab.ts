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
  /** The command line that starts fedctl, for the `fedctl` script in PATH. */
  readonly fedctl: readonly string[];
  /** The contents of the lab (default: the built-in lab). */
  readonly description?: LabDescription;
  /** The state of an earlier lab (default: none). */
  readonly kept?: Kept | null;
  /** Serve everything over TLS with a new CA. */
  readonly tls: boolean;
  /**
   * The platform whose environment is emulated (default: the environment of an operator, with keys and
   * profiles).
   */
  readonly as?: PlatformName | null;
  /**
   * Makes STS follow changes of the federation setting as slowly as in AWS, with an internal failure in the
   * last second before each change.
   */
  readonly propagation?: boolean;
  /** The network of an isolated command, in which every server is also reachable. */
  readonly network?: CommandNetwork | undefined;
}

/** A running lab. */
export interface Lab {
  readonly env: LabEnvironment;
  /** The variables that are different in an isolated command: those that the real platform sets. */
  readonly isolated: ChangedVariables;
  readonly clock: LabClock;
  /** Changes the running lab. */
  readonly controls: LabControls;
  /** The folder for PATH that contains `fedctl`. */
  readonly binFolder: string;
  readonly log: LabLog;
  readonly world: AwsWorld;
  /** The state of Atlas. The Atlas API returns it, and the MongoDB server reads it at each login. */
  readonly atlas: AtlasState;
  readonly atlasApi: LabAtlas;
  readonly mongod: LabMongod;
  /** With `srv`. */
  readonly dns: LabDns | null;
  /** A folder for files of the lab. It is removed with the lab. */
  readonly folder: string;
  /** The certificates of the lab's servers and the path of the CA file; null without TLS. */
  readonly tls: LabTls | null;
  /** The network of an isolated command. */
  readonly network: CommandNetwork | undefined;
  /** Closes only the control API. A client then has access only to the emulated services. */
  closeControl(): Promise<void>;
  /** Stops every server and removes every file within a second. */
  close(): Promise<void>;
}
