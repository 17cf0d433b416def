import { randomBytes, randomUUID } from 'node:crypto';
import { FedctlError } from '../../lib/core/errors.ts';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import { LINK_LOCAL } from '../isolation/command-network.ts';
import type { PlatformName } from '../platforms.ts';
import { startContainerCredentials } from './container-credentials.ts';
import { startInstanceMetadata } from './instance-metadata.ts';
import { startPod } from './pod.ts';
import { startPodIdentity } from './pod-identity.ts';
import { ROLE, renewedSession } from './role-session.ts';
import type { Platform, PlatformOptions } from './running-platform.ts';

/**
 * Starts the services of a platform. Workloads on the platform use the role `app`. Enables federation in the
 * account of this role, because workloads have no permission to enable it.
 *
 * @throws FedctlError lab.unknown-name, lab.start-failed
 */
export async function startPlatform(name: PlatformName, options: PlatformOptions): Promise<Platform> {
  const role = options.world.roles.find((one) => one.name === ROLE);
  if (role === undefined) {
    throw new FedctlError('lab.unknown-name', {
      message: `The lab has no role "${ROLE}". Workloads on ${name} use this role.`,
      remedy: `Add a role named ${ROLE} to the configuration, or remove --as.`,
    });
  }
  options.world.setFederation(role.account.id, true);
  return await START[name](options);
}

const START: Readonly<Record<PlatformName, (options: PlatformOptions) => Promise<Platform>>> = {
  ec2: startInstance,
  ecs: startTask,
  lambda: startFunction,
  eks: startPod,
  'eks-pod-identity': startPodIdentity,
};

/**
 * Starts an EC2 instance. EC2 sets no environment variables. Workloads read all values from the metadata
 * service, including the Region. Without isolation, the lab sets one variable, which contains the endpoint of
 * this service.
 */
async function startInstance({ world, log, now, region, network }: PlatformOptions): Promise<Platform> {
  const principal = world.role(ROLE);
  const accountId = principal.account.id;
  const id = 'i-0fedc71ab00000001';
  const privateIp = '10.0.1.23';
  const session = renewedSession(world, now, {
    principal,
    sessionName: id,
    platformClaims: {
      ec2_source_instance_arn: `arn:aws:ec2:${region}:${accountId}:instance/${id}`,
      ec2_instance_source_vpc: 'vpc-0fedc71ab00000002',
      ec2_instance_source_private_ipv4: privateIp,
      // This instance supports only version 2 of the metadata service.
      ec2_role_delivery: '2',
    },
  });
  const server = await startInstanceMetadata({
    log,
    now,
    session,
    network,
    instance: {
      id,
      accountId,
      region,
      availabilityZone: `${region}a`,
      privateIp,
      startedAt: now(),
      instanceProfileArn: `arn:aws:iam::${accountId}:instance-profile/${ROLE}`,
    },
  });
  return {
    env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url },
    isolated: { AWS_EC2_METADATA_SERVICE_ENDPOINT: null },
    plays: [['IMDS', server.url]],
    close: () => server.close(),
  };
}

/**
 * Starts a Fargate task. ECS sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI. The host for this path exists only
 * in ECS and in the network of an isolated command. Without isolation, the lab sets
 * AWS_CONTAINER_CREDENTIALS_FULL_URI and an authorization token instead.
 */
async function startTask({ world, log, now, region, network }: PlatformOptions): Promise<Platform> {
  const session = renewedSession(world, now, {
    principal: world.role(ROLE),
    sessionName: randomUUID().replaceAll('-', ''),
  });
  const path = `/v2/credentials/${randomUUID()}`;
  const authorizationToken = randomBytes(32).toString('base64url');
  const server = await startContainerCredentials({
    log,
    session,
    path,
    authorizes: (sent) => equalInConstantTime(sent, authorizationToken),
    members: ({ principal }) => ({ RoleArn: principal.arn }),
    linkLocal: { host: LINK_LOCAL.container, open: true },
    network,
  });
  return {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: server.credentialsUri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    isolated: {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: null,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: null,
    },
    plays: [['container', server.credentialsUri]],
    close: () => server.close(),
  };
}

const TWELVE_HOURS_MS = 12 * 3_600_000;

/**
 * Starts a Lambda function. Lambda stores the credentials in environment variables. These variables do not
 * change while the function instance exists. The other variables come from the Lambda Developer Guide,
 * "Defined runtime environment variables". The lab omits the variables for the runtime API, the X-Ray daemon
 * and search paths, because the lab emulates none of these features.
 */
async function startFunction({ world, now, region }: PlatformOptions): Promise<Platform> {
  const principal = world.role(ROLE);
  const name = 'lab-function';
  const arn = `arn:aws:lambda:${region}:${principal.account.id}:function:${name}`;
  const session = world.createSession({
    principal,
    sessionName: name,
    expiresAt: new Date(now().getTime() + TWELVE_HOURS_MS),
    platformClaims: { lambda_source_function_arn: arn },
  });
  const day = now().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    env: {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey.reveal(),
      AWS_SESSION_TOKEN: session.sessionToken.reveal(),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${randomBytes(16).toString('hex')}`,
      LAMBDA_TASK_ROOT: '/var/task',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      _HANDLER: 'index.handler',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    plays: [['function', arn]],
    close: async () => {},
  };
}
