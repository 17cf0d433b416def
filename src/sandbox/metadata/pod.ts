import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Pod, startCluster } from './cluster.ts';
import { projectToken } from './projected-token.ts';
import { ROLE } from './role-session.ts';
import type { Platform, PlatformOptions } from './running-platform.ts';

const AUDIENCE = 'sts.amazonaws.com';
const ONE_DAY_S = 86_400;

/**
 * Returns a pod with a new name. The AWS CLI caches sessions in the home directory by role and session name,
 * so each lab needs a different name.
 */
export function labPod(): Pod {
  return {
    namespace: 'default',
    serviceAccount: 'app',
    name: `app-${randomBytes(5).toString('hex')}`,
    node: 'lab-node',
  };
}

/**
 * Starts an EKS pod that uses IAM roles for service accounts (IRSA). A file contains a token from the
 * cluster, and a role trusts this token. As IAM requires, the account of the role gets an OpenID Connect
 * provider for the cluster's issuer.
 */
export async function startPod({
  world,
  log,
  now,
  region,
  directory,
  tls,
  network,
}: PlatformOptions): Promise<Platform> {
  const role = world.role(ROLE);
  const pod = labPod();
  const cluster = await startCluster({ log, now, tls, network });
  try {
    world.trustIssuer({
      accountId: role.account.id,
      issuer: cluster.issuer,
      audiences: [AUDIENCE],
      roles: [{ name: ROLE, subject: `system:serviceaccount:${pod.namespace}:${pod.serviceAccount}` }],
    });
    const path = join(directory, 'eks-token');
    const token = await projectToken({
      path,
      lifeSeconds: ONE_DAY_S,
      now,
      issue: () => cluster.issueToken(pod, AUDIENCE, ONE_DAY_S),
    });
    return {
      env: {
        AWS_WEB_IDENTITY_TOKEN_FILE: path,
        AWS_ROLE_ARN: role.arn,
        AWS_ROLE_SESSION_NAME: pod.name,
        AWS_STS_REGIONAL_ENDPOINTS: 'regional',
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      plays: [['cluster', cluster.issuer]],
      async close() {
        await token.close();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
