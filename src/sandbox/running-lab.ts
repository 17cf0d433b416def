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
  /** What to play; the built-in lab unless given. */
  readonly description?: LabDescription;
  /** What an earlier lab left; nothing unless given. */
  readonly kept?: Kept | null;
  /** Serve everything under a CA made for this lab. */
  readonly tls: boolean;
  /** The platform that the environment is that of; otherwise that of an operator, with keys and profiles. */
  readonly as?: PlatformName | null;
  /** Let STS follow changes of the account's switch as late as AWS's own, and fail in the last moment before. */
  readonly propagation?: boolean;
  /** The network of an isolated command, where every server is reachable as well. */
  readonly network?: CommandNetwork | undefined;
}

/** A running lab. */
export interface Lab {
  readonly env: LabEnvironment;
  /** What an isolated command has instead: what the platform really sets. */
  readonly isolated: ChangedVariables;
  readonly clock: LabClock;
  /** The hand that changes the lab while it runs. */
  readonly controls: LabControls;
  /** A folder that holds `fedctl`, for PATH. */
  readonly binFolder: string;
  readonly log: LabLog;
  readonly world: AwsWorld;
  /** What Atlas knows: its API shows it, and the MongoDB server lets in whom it says; read anew at each login. */
  readonly atlas: AtlasState;
  readonly atlasApi: LabAtlas;
  readonly mongod: LabMongod;
  /** With `srv`. */
  readonly dns: LabDns | null;
  /** A folder for files of the lab; it goes with it. */
  readonly folder: string;
  /** What its servers present with --tls, and the file that holds the CA; null without. */
  readonly tls: LabTls | null;
  /** The network of an isolated command. */
  readonly network: CommandNetwork | undefined;
  /** Ends the control API alone: what is left is what a client of the real thing may know. */
  closeControl(): Promise<void>;
  /** Ends every server and removes every file, within a second. */
  close(): Promise<void>;
}
