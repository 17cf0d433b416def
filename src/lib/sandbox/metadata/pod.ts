import { join } from 'node:path';
import { startCluster } from './cluster.ts';
import type { Platform, PlatformOptions } from './platform.ts';
import { projectToken } from './projected-token.ts';
import { ROLE } from './role-session.ts';

const AUDIENCE = 'sts.amazonaws.com';
const ONE_DAY_S = 86_400;
const POD = { namespace: 'default', serviceAccount: 'app', name: 'lab-pod', node: 'lab-node' } as const;

/**
 * A pod on EKS whose service account has a role: a token of the cluster in a file, and the role that trusts it. The
 * account of the role gets a provider for the cluster's issuer, as IAM wants one.
 */
export async function startPod({ world, log, now, region, folder, tls }: PlatformOptions): Promise<Platform> {
  const role = world.role(ROLE);
  const cluster = await startCluster({ log, now, tls });
  try {
    world.trustIssuer({
      accountId: role.account.id,
      issuer: cluster.issuer,
      audiences: [AUDIENCE],
      roles: [{ name: ROLE, subject: `system:serviceaccount:${POD.namespace}:${POD.serviceAccount}` }],
    });
    const path = join(folder, 'eks-token');
    const token = await projectToken({
      path,
      lifeSeconds: ONE_DAY_S,
      now,
      issue: () => cluster.issueToken(POD, AUDIENCE, ONE_DAY_S),
    });
    return {
      env: {
        AWS_WEB_IDENTITY_TOKEN_FILE: path,
        AWS_ROLE_ARN: role.arn,
        AWS_ROLE_SESSION_NAME: POD.name,
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
