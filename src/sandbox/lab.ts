import { randomBytes, randomInt } from 'node:crypto';
import { Secret } from '../lib/core/secret.ts';
import { atlasEnvironment } from './atlas/lab-atlas.ts';
import type { LabAtlas } from './atlas/start-atlas.ts';
import type { AtlasState } from './atlas/state.ts';
import type { LabUser } from './aws/identities.ts';
import { startAws } from './aws/start-aws.ts';
import { type AwsWorld, createAwsWorld } from './aws/world.ts';
import type { LabClock } from './clock.ts';
import { Closers } from './closers.ts';
import { type ClusterOptions, startCluster } from './cluster.ts';
import { LabControls } from './control/controls.ts';
import { startControl } from './control/start-control.ts';
import { BUILT_IN_LAB, type LabDescription } from './description.ts';
import type { LabDns } from './dns/dns-server.ts';
import type { LabEnvironment } from './environment.ts';
import { type LabTls, layGround } from './ground.ts';
import { labProfiles, writeAwsFiles, writeFedctl, writeMfaDevices } from './lab-files.ts';
import type { LabLog } from './log.ts';
import type { Platform, PlatformOptions } from './metadata/running-platform.ts';
import type { LabMongod } from './mongod/mongod.ts';
import type { PlatformName } from './platforms.ts';
import { ScenarioPlayer } from './scenarios/player.ts';
import type { Kept } from './state/kept.ts';

/** The audience that the lab's identity provider expects. */
export const LAB_AUDIENCE = 'fedctl-lab';

const REGION = 'eu-central-1';

/** How long STS follows IAM at AWS, as measured there (facts/aws.md 1): at least, and less than. */
const PROPAGATION_MS = [8000, 12_001] as const;

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
}

/** A running lab. */
export interface Lab {
  readonly env: LabEnvironment;
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
  /** Ends the control API alone: what is left is what a client of the real thing may know. */
  closeControl(): Promise<void>;
  /** Ends every server and removes every file, within a second. */
  close(): Promise<void>;
}

/**
 * Starts AWS STS and IAM, an issuer for each account, and a MongoDB server that trusts the first account's issuer, all
 * on loopback. Federation starts disabled, except on a platform: who runs there may not enable it, and finds it as an
 * operator left it.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const closers = new Closers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(options: LabOptions, closers: Closers): Promise<Lab> {
  const { description = BUILT_IN_LAB, kept = null, srv = false } = options;
  const ground = await layGround(options.now, options.tls || srv, closers);
  const { clock, log, delays, folder, tls, secured } = ground;
  const { now } = clock;
  const world = await createAwsWorld({
    now,
    log,
    propagationMs: options.propagation === true ? randomInt(...PROPAGATION_MS) : 0,
    description: description.aws,
    ...(kept !== null && { kept: kept.accounts }),
  });
  // The key that will be asked for first is made while the servers start and the command loads.
  void world.accounts[0]?.keys.RS256.pair();
  const aws = await startAws({ world, log, now, wait: (hop) => delays.wait(hop), ...secured });
  closers.add(() => aws.close());
  const operator = labUser(world);
  const issuer = aws.issuerUrl(operator.account.id);
  const trust = { world, issuer, audience: LAB_AUDIENCE, stsUrl: aws.stsUrl, description, kept };
  const { atlas, atlasApi, mongod, dns, uri } = await startCluster(options, trust, ground, closers);
  const platform = await playPlatform(options.as ?? null, {
    world,
    log,
    now,
    region: REGION,
    folder,
    tls: secured.tls,
  });
  closers.add(async () => platform?.close());
  const endpoints = [
    { name: 'STS', url: aws.stsUrl },
    { name: 'IAM', url: aws.iamUrl },
    { name: 'issuer', url: issuer },
    { name: 'MongoDB', url: uri },
    { name: 'Atlas API', url: atlasApi.url },
    ...(dns === null ? [] : [{ name: 'DNS', url: dns.address }]),
    ...(platform?.plays ?? []).map(([name, url]) => ({ name, url })),
  ];
  const mfaDevices = await writeMfaDevices(folder, world);
  const scenarios = new ScenarioPlayer(() => lab, options);
  closers.add(() => scenarios.close());
  const parts = { clock, world, atlas, mongod, delays, endpoints, mfaDevices, scenarios };
  const controls = new LabControls(parts, log);
  const token = new Secret(randomBytes(32).toString('base64url'));
  // Requests that a slow hop holds back are let go before the servers that they hold open.
  closers.add(async () => delays.close());
  const control = await startControl({ controls, log, token, port: 0 });
  // Who asked for the end of the lab sees by it that everything is gone.
  let controlEnd: Promise<void> | null = null;
  const closeControl = () => {
    controlEnd ??= control.close();
    return controlEnd;
  };
  closers.addLast(closeControl);
  const lab: Lab = {
    env: {
      ...(platform === null ? operatorEnvironment(operator) : platform.env),
      AWS_ENDPOINT_URL_STS: aws.stsUrl,
      AWS_ENDPOINT_URL_IAM: aws.iamUrl,
      ...(await writeAwsFiles(folder, REGION, platform === null ? labProfiles(world) : [])),
      FEDCTL_URI: uri,
      FEDCTL_AUDIENCE: atlas.identityProviders[0]?.audience ?? LAB_AUDIENCE,
      FEDCTL_ISSUER: issuer,
      ...(dns === null ? {} : { FEDCTL_DNS_SERVER: dns.address }),
      ...atlasEnvironment(atlas, atlasApi.url),
      FEDCTL_SANDBOX_URL: control.url,
      FEDCTL_SANDBOX_TOKEN: token.reveal(),
      ...(tls === null ? {} : trustEnvironment(tls.caFile)),
    },
    binFolder: await writeFedctl(folder, options.fedctl),
    clock,
    controls,
    log,
    world,
    atlas,
    atlasApi,
    mongod,
    dns,
    folder,
    tls,
    closeControl,
    close: closers.close,
  };
  return lab;
}

/** Who the lab's environment speaks for: the first user of the first account. */
function labUser(world: AwsWorld): LabUser {
  const [user] = world.users;
  if (user === undefined) throw new RangeError('a lab requires a user');
  return user;
}

/** What an operator exports: long-term keys, and a Region. */
function operatorEnvironment({ accessKeyId, secretAccessKey }: LabUser): LabEnvironment {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Where Node.js, the AWS tools, and what is built on OpenSSL look for a CA. */
function trustEnvironment(caFile: string): LabEnvironment {
  return { NODE_EXTRA_CA_CERTS: caFile, AWS_CA_BUNDLE: caFile, SSL_CERT_FILE: caFile };
}

async function playPlatform(name: PlatformName | null, options: PlatformOptions): Promise<Platform | null> {
  if (name === null) return null;
  const { startPlatform } = await import('./metadata/platform.ts');
  return await startPlatform(name, options);
}
