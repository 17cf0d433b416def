import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../secret.ts';
import { atlasConnectionString, atlasEnvironment, createLabAtlas, LAB_CLUSTER } from './atlas/lab-atlas.ts';
import { type LabAtlas, startAtlas } from './atlas/start-atlas.ts';
import type { AtlasState } from './atlas/state.ts';
import type { LabUser } from './aws/identities.ts';
import { startAws } from './aws/start-aws.ts';
import { asksForMfa, externalIdOf, namesPrincipal } from './aws/trust-policy.ts';
import { type AwsWorld, createAwsWorld } from './aws/world.ts';
import type { LabCertificates } from './certificates.ts';
import { LabClock } from './clock.ts';
import { LabControls } from './control/controls.ts';
import { startControl } from './control/start-control.ts';
import { HopDelays } from './delays.ts';
import { BUILT_IN_LAB, type LabDescription } from './description.ts';
import { CLUSTER_ZONE, clusterRecords, MEMBER_HOST, SRV_HOST, SRV_REPLICA_SET } from './dns/cluster-names.ts';
import { type LabDns, startDns } from './dns/dns-server.ts';
import { awsConfigFile, awsCredentialsFile, type LabEnvironment, type LabProfile } from './environment.ts';
import { loadData } from './load-data.ts';
import { LabLog } from './log.ts';
import type { Platform, PlatformOptions } from './metadata/platform.ts';
import { type LabMongod, startMongod } from './mongod/mongod.ts';
import type { MongodSettings } from './mongod/settings.ts';
import type { PlatformName } from './platforms.ts';
import type { Kept } from './state/kept.ts';

/** The audience that the lab's identity provider expects. */
export const LAB_AUDIENCE = 'fedctl-lab';

const REGION = 'eu-central-1';

/** How long STS follows IAM at AWS, as measured there (facts/aws.md 1): at least, and less than. */
const PROPAGATION_MS = [8000, 12_001] as const;

export interface LabOptions {
  readonly now: () => Date;
  /** The argv that starts fedctl, to put it on PATH inside. */
  readonly fedctl: readonly string[];
  /** What to play; the built-in lab unless given. */
  readonly description?: LabDescription;
  /** What an earlier lab left; nothing unless given. */
  readonly kept?: Kept | null;
  /** Serve everything under a CA made for this lab. */
  readonly tls: boolean;
  /** The name of the replica set whose only member the MongoDB server is; null for a standalone. */
  readonly replicaSet: string | null;
  /** Port of the MongoDB server; 0 for a free one. */
  readonly mongoPort: number;
  /**
   * Give the MongoDB server names of its own in a DNS of the lab's, behind a `mongodb+srv` connection string. As that
   * implies, and as clients send nothing to a name without it, everything is under TLS then, and the server is a
   * replica set.
   */
  readonly srv?: boolean;
  /** The name of the cluster, for the scopes of database users; `lab` unless given. */
  readonly clusterName?: string;
  /** What the MongoDB server starts with; it may be changed later, through `mongod.settings`. */
  readonly mongod?: Partial<MongodSettings>;
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
  readonly tls: (LabCertificates & { readonly caFile: string }) | null;
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
  const { description = BUILT_IN_LAB, kept = null } = options;
  const clock = new LabClock(options.now);
  const { now } = clock;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
    closers.length = 0;
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'fedctl-lab-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const { srv = false } = options;
    const certificates = options.tls || srv ? await makeCertificates(now()) : null;
    const replicaSet = options.replicaSet ?? (srv ? SRV_REPLICA_SET : null);
    const secured = certificates === null ? {} : { tls: { key: certificates.key, cert: certificates.cert } };
    const log = new LabLog(now);
    const propagationMs = options.propagation === true ? randomInt(...PROPAGATION_MS) : 0;
    const world = await createAwsWorld({
      now,
      log,
      propagationMs,
      description: description.aws,
      ...(kept !== null && { kept: kept.accounts }),
    });
    // The key that will be asked for first is made while the servers start and the command loads.
    void world.accounts[0]?.keys.RS256.pair();
    const delays = new HopDelays();
    const aws = await startAws({
      world,
      log,
      now,
      wait: (hop) => delays.wait(hop),
      ...secured,
      ...(certificates === null ? {} : { ca: certificates.ca }),
    });
    closers.push(() => aws.close());
    const operator = labUser(world);
    const issuer = aws.issuerUrl(operator.account.id);
    const atlas = createLabAtlas({
      now,
      issuer,
      audience: LAB_AUDIENCE,
      world,
      description,
      ...(kept !== null && { kept: kept.identityProviders }),
    });
    const mongod = await startMongod({
      log,
      now,
      port: options.mongoPort,
      replicaSet,
      ...(srv && { announcedHost: MEMBER_HOST }),
      identityProviders: () => atlas.trustedIdentityProviders(),
      databaseUsers: () => atlas.clusterUsers(),
      onLogin: (attempt) => atlas.recordLogin(attempt),
      cluster: options.clusterName ?? LAB_CLUSTER,
      settings: options.mongod ?? {},
      wait: () => delays.wait('mongod'),
      sts: { url: aws.stsUrl },
      ...secured,
      ...(certificates === null ? {} : { ca: certificates.ca }),
    });
    closers.push(() => mongod.close());
    loadData(mongod.store, kept?.data ?? description.data);
    const platform =
      options.as === undefined || options.as === null
        ? null
        : await playPlatform(options.as, { world, log, now, region: REGION, folder, tls: secured.tls });
    if (platform !== null) closers.push(() => platform.close());
    closers.push(async () => delays.close());
    const dns = srv ? await startDns(clusterRecords(mongod.port, replicaSet ?? ''), log) : null;
    if (dns !== null) closers.push(() => dns.close());
    const caFile = join(folder, 'ca.pem');
    if (certificates !== null) await writeFile(caFile, certificates.ca, { mode: 0o600 });
    const mfaDevices = await writeMfaDevices(folder, world);
    const host = srv ? MEMBER_HOST : mongod.host;
    const plainUri = connectionString(host, mongod.port, replicaSet, certificates === null ? null : caFile);
    const srvUri = srv ? `mongodb+srv://${SRV_HOST}/?${new URLSearchParams({ tlsCAFile: caFile })}` : null;
    const uri = srvUri ?? plainUri;
    atlas.addCluster({
      name: mongod.cluster,
      mongoDBVersion: mongod.settings.serverVersion.version,
      connectionString: atlasConnectionString(plainUri),
      connectionStringSrv: srvUri === null ? null : atlasConnectionString(srvUri),
    });
    const atlasApi = await startAtlas({ atlas, log, now, wait: () => delays.wait('atlas'), ...secured });
    closers.push(() => atlasApi.close());
    const endpoints = [
      { name: 'STS', url: aws.stsUrl },
      { name: 'IAM', url: aws.iamUrl },
      { name: 'issuer', url: issuer },
      { name: 'MongoDB', url: uri },
      { name: 'Atlas API', url: atlasApi.url },
      ...(dns === null ? [] : [{ name: 'DNS', url: dns.address }]),
      ...(platform?.plays ?? []).map(([name, url]) => ({ name, url })),
    ];
    const controls = new LabControls({ clock, world, atlas, mongod, delays, endpoints, mfaDevices }, log);
    const token = new Secret(randomBytes(32).toString('base64url'));
    const control = await startControl({ controls, log, token, port: 0 });
    // Closed last: who asked for the end of the lab sees by it that everything is gone.
    closers.unshift(() => control.close());
    return {
      env: {
        ...(platform === null ? operatorEnvironment(operator) : platform.env),
        AWS_ENDPOINT_URL_STS: aws.stsUrl,
        AWS_ENDPOINT_URL_IAM: aws.iamUrl,
        ...(await writeAwsFiles(folder, platform === null ? labProfiles(world) : [])),
        FEDCTL_URI: uri,
        FEDCTL_AUDIENCE: atlas.identityProviders[0]?.audience ?? LAB_AUDIENCE,
        FEDCTL_ISSUER: issuer,
        ...(dns === null ? {} : { FEDCTL_DNS_SERVER: dns.address }),
        ...atlasEnvironment(atlas, atlasApi.url),
        FEDCTL_SANDBOX_URL: control.url,
        FEDCTL_SANDBOX_TOKEN: token.reveal(),
        ...(certificates === null
          ? {}
          : { NODE_EXTRA_CA_CERTS: caFile, AWS_CA_BUNDLE: caFile, SSL_CERT_FILE: caFile }),
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
      tls: certificates === null ? null : { ...certificates, caFile },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Who the lab's environment speaks for: the first user of the first account. */
function labUser(world: AwsWorld): LabUser {
  const [user] = world.users;
  if (user === undefined) throw new RangeError('a lab needs a user');
  return user;
}

/** Certificates cost a fifth of a second to load, and most labs need none. */
async function makeCertificates(now: Date) {
  const { createCertificates } = await import('./certificates.ts');
  return createCertificates(now, [`*.${CLUSTER_ZONE}`]);
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

async function playPlatform(name: PlatformName, options: PlatformOptions): Promise<Platform> {
  const { startPlatform } = await import('./metadata/platform.ts');
  return await startPlatform(name, options);
}

function connectionString(
  host: string,
  port: number,
  replicaSet: string | null,
  caFile: string | null,
): string {
  const options = new URLSearchParams();
  if (replicaSet !== null) options.set('replicaSet', replicaSet);
  if (caFile !== null) {
    options.set('tls', 'true');
    options.set('tlsCAFile', caFile);
  }
  const query = options.toString();
  return `mongodb://${host}:${port}/${query === '' ? '' : `?${query}`}`;
}

/**
 * The AWS config and credentials files, and the variables that point to them. No platform has such files: there they
 * are empty, and keep the tools from whatever `~/.aws` holds.
 */
async function writeAwsFiles(folder: string, profiles: readonly LabProfile[]): Promise<LabEnvironment> {
  const config = join(folder, 'aws-config');
  const credentials = join(folder, 'aws-credentials');
  await writeFile(config, awsConfigFile(REGION, profiles), { mode: 0o600 });
  await writeFile(credentials, awsCredentialsFile(profiles), { mode: 0o600 });
  return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
}

/** Every user with its keys, and every role by way of the first user that it trusts. */
function labProfiles(world: AwsWorld): readonly LabProfile[] {
  // Another one in each lab: the AWS CLI keeps sessions in the home folder, by role and session name.
  const sessionName = `lab-${randomBytes(4).toString('hex')}`;
  return [
    ...world.users.map(({ profile, accessKeyId, secretAccessKey }) => ({
      name: profile,
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
    })),
    ...world.roles.map((role) => {
      const externalId = externalIdOf(role);
      const source = world.users.find(({ arn }) => namesPrincipal(role, arn));
      return {
        name: role.profile,
        roleArn: role.arn,
        sessionName,
        sourceProfile: source?.profile ?? 'default',
        ...(externalId === null ? {} : { externalId }),
        ...(asksForMfa(role) && source?.mfaDevice ? { mfaSerial: source.mfaDevice.serial } : {}),
      };
    }),
  ];
}

/**
 * Writes down what an authenticator needs to play the MFA devices of the lab's users, beside the AWS files: an
 * `otpauth` address in a file of its own. The secret is not in the environment, where every program of the lab would
 * have it.
 *
 * @returns serial number and file of each device
 */
async function writeMfaDevices(folder: string, world: AwsWorld) {
  const devices = world.users.flatMap(({ name, mfaDevice }) =>
    mfaDevice === null ? [] : [{ file: join(folder, `${name}.otpauth`), mfaDevice }],
  );
  for (const { file, mfaDevice } of devices) {
    await writeFile(file, `${mfaDevice.url.reveal()}\n`, { mode: 0o600 });
  }
  return devices.map(({ file, mfaDevice }) => [mfaDevice.serial, file] as const);
}

/** A `fedctl` for PATH that starts the very one that started the lab. */
async function writeFedctl(folder: string, fedctl: readonly string[]): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const words = fedctl.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  await writeFile(join(bin, 'fedctl'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  return bin;
}
