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
  /** The argv that starts fedctl, to put it on PATH inside. */
  readonly fedctl: readonly string[];
  /** The contents of the lab; by default the built-in ones. */
  readonly description?: LabDescription;
  /** The state of an earlier lab; none by default. */
  readonly kept?: Kept | null;
  /** Serve everything with a CA that is created for this lab. */
  readonly tls: boolean;
  /** The platform whose environment is emulated; by default that of an operator, with keys and profiles. */
  readonly as?: PlatformName | null;
  /**
   * Let STS follow changes of the account's federation setting as late as AWS does, and fail in the last
   * moment before.
   */
  readonly propagation?: boolean;
  /** The network of an isolated command, in which every server is reachable as well. */
  readonly network?: CommandNetwork | undefined;
}

/** A running lab. */
export interface Lab {
  readonly env: LabEnvironment;
  /** The variables that differ for an isolated command: those that the platform really sets. */
  readonly isolated: ChangedVariables;
  readonly clock: LabClock;
  /** Changes the running lab. */
  readonly controls: LabControls;
  /** The folder for PATH that contains `fedctl`. */
  readonly binFolder: string;
  readonly log: LabLog;
  readonly world: AwsWorld;
  /** The state of Atlas. Its API shows it, and the MongoDB server reads it at each login. */
  readonly atlas: AtlasState;
  readonly atlasApi: LabAtlas;
  readonly mongod: LabMongod;
  /** With `srv`. */
  readonly dns: LabDns | null;
  /** A folder for files of the lab, which is removed with it. */
  readonly folder: string;
  /** The certificates of its servers with --tls, and the file of the CA; null without. */
  readonly tls: LabTls | null;
  /** The network of an isolated command. */
  readonly network: CommandNetwork | undefined;
  /** Closes only the control API, so that a client sees only what the real services have. */
  closeControl(): Promise<void>;
  /** Stops every server and removes every file, within a second. */
  close(): Promise<void>;
}
