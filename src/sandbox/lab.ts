import { randomBytes, randomInt } from 'node:crypto';
import { Secret } from '../lib/core/secret.ts';
import { atlasEnvironment } from './atlas/lab-atlas.ts';
import type { LabUser } from './aws/identities.ts';
import { startAws } from './aws/start-aws.ts';
import { type AwsWorld, createAwsWorld } from './aws/world.ts';
import { Closers } from './closers.ts';
import { startAtlasCluster } from './cluster.ts';
import { LabControls } from './control/controls.ts';
import { startControl } from './control/start-control.ts';
import { BUILT_IN_LAB } from './description.ts';
import type { LabEnvironment } from './environment.ts';
import { layGround } from './ground.ts';
import { labProfiles, writeAwsFiles, writeFedctl, writeMfaDevices } from './lab-files.ts';
import type { Platform, PlatformOptions } from './metadata/running-platform.ts';
import type { PlatformName } from './platforms.ts';
import { LAB_AUDIENCE, type Lab, type LabOptions } from './running-lab.ts';
import { ScenarioPlayer } from './scenarios/player.ts';

const REGION = 'eu-central-1';

/**
 * The time until a change in IAM reaches STS, in milliseconds: the minimum, and the exclusive maximum.
 * Measured in AWS (facts/aws.md 1).
 */
const PROPAGATION_MS = [8000, 12_001] as const;

/**
 * Starts AWS STS and IAM, an issuer for each account, and a MongoDB server that trusts the first account's
 * issuer. All servers listen on loopback. Federation is initially disabled. If the lab emulates a platform,
 * federation is enabled, because workloads have no permission to enable it.
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
  const { network } = options;
  const ground = await layGround({ now: options.now, tls: options.tls || srv, network }, closers);
  const { clock, log, delays, directory, tls, serving } = ground;
  const { now } = clock;
  const world = await createAwsWorld({
    now,
    log,
    propagationMs: options.propagation === true ? randomInt(...PROPAGATION_MS) : 0,
    description: description.aws,
    ...(kept !== null && { kept: kept.accounts }),
  });
  // Creates the key that the lab needs first. Key generation runs while the servers start and the command
  // loads.
  void world.accounts[0]?.keys.RS256.pair();
  const aws = await startAws({ world, log, now, wait: (hop) => delays.wait(hop), ...serving });
  closers.add(() => aws.close());
  const operator = labUser(world);
  const issuer = aws.issuerUrl(operator.account.id);
  const trust = { world, issuer, audience: LAB_AUDIENCE, stsUrl: aws.stsUrl, description, kept };
  const { atlas, atlasApi, mongod, dns, uri } = await startAtlasCluster(options, trust, ground, closers);
  const platform = await playPlatform(options.as ?? null, {
    world,
    log,
    now,
    region: REGION,
    directory,
    tls: serving.tls,
    network,
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
  const mfaDevices = await writeMfaDevices(directory, world);
  const scenarios = new ScenarioPlayer(() => lab, options);
  closers.add(() => scenarios.close());
  const parts = { clock, world, atlas, mongod, delays, endpoints, mfaDevices, scenarios };
  const controls = new LabControls(parts, log);
  const token = new Secret(randomBytes(32).toString('base64url'));
  // The delays end before the servers close, because delayed requests keep servers open.
  closers.add(async () => delays.close());
  const control = await startControl({ controls, log, token, port: 0, network });
  // The control API closes last. A client that can no longer reach the API therefore knows that the lab has
  // stopped.
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
      ...(await writeAwsFiles(directory, REGION, platform === null ? labProfiles(world) : [])),
      FEDCTL_URI: uri,
      FEDCTL_AUDIENCE: atlas.identityProviders[0]?.audience ?? LAB_AUDIENCE,
      FEDCTL_ISSUER: issuer,
      ...(dns === null ? {} : { FEDCTL_DNS_SERVER: dns.address }),
      ...atlasEnvironment(atlas, atlasApi.url),
      FEDCTL_SANDBOX_URL: control.url,
      FEDCTL_SANDBOX_TOKEN: token.reveal(),
      ...(tls === null ? {} : trustEnvironment(tls.caFile)),
    },
    // An isolated command may use the metadata service, because it can reach only the emulated service.
    isolated: { AWS_EC2_METADATA_DISABLED: null, ...platform?.isolated },
    binDirectory: await writeFedctl(directory, options.fedctl),
    clock,
    controls,
    log,
    world,
    atlas,
    atlasApi,
    mongod,
    dns,
    directory,
    tls,
    network,
    closeControl,
    close: closers.close,
  };
  return lab;
}

/** Returns the user whose keys the lab's environment contains: the first user of the first account. */
function labUser(world: AwsWorld): LabUser {
  const [user] = world.users;
  if (user === undefined) throw new RangeError('a lab requires a user');
  return user;
}

/** Returns the variables of an operator: long-term keys, and a Region. */
function operatorEnvironment({ accessKeyId, secretAccessKey }: LabUser): LabEnvironment {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Returns the variables that set a CA file for Node.js, the AWS tools, and programs that use OpenSSL. */
function trustEnvironment(caFile: string): LabEnvironment {
  return { NODE_EXTRA_CA_CERTS: caFile, AWS_CA_BUNDLE: caFile, SSL_CERT_FILE: caFile };
}

async function playPlatform(name: PlatformName | null, options: PlatformOptions): Promise<Platform | null> {
  if (name === null) return null;
  const { startPlatform } = await import('./metadata/platform.ts');
  return await startPlatform(name, options);
}
