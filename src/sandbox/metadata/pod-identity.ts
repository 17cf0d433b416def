import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import { LINK_LOCAL } from '../isolation/command-network.ts';
import { startCluster } from './cluster.ts';
import { startContainerCredentials } from './container-credentials.ts';
import { labPod } from './pod.ts';
import { projectToken } from './projected-token.ts';
import { ROLE, renewedSession } from './role-session.ts';
import type { Platform, PlatformOptions } from './running-platform.ts';

const AUDIENCE = 'pods.eks.amazonaws.com';
const ONE_DAY_S = 86_400;
const PATH = '/v1/credentials';

/**
 * Starts an EKS pod whose service account is associated with a role. A file in the pod contains a token. An
 * agent on the node exchanges this token for credentials (EKS User Guide, "Learn how EKS Pod Identity grants
 * pods access to AWS services").
 */
export async function startPodIdentity(options: PlatformOptions): Promise<Platform> {
  const { world, log, now, region, directory, tls, network } = options;
  const pod = labPod();
  const principal = world.role(ROLE);
  const cluster = await startCluster({ log, now, tls, network });
  /** The issued tokens, with their expiration in milliseconds since 1970. */
  const issued = new Map<string, number>();
  const tokenFile = join(directory, 'eks-pod-identity-token');
  try {
    const token = await projectToken({
      path: tokenFile,
      lifeSeconds: ONE_DAY_S,
      now,
      issue: async () => {
        const made = await cluster.issueToken(pod, AUDIENCE, ONE_DAY_S);
        issued.set(made, now().getTime() + ONE_DAY_S * 1000);
        return made;
      },
    });
    const agent = await startContainerCredentials({
      log,
      session: renewedSession(world, now, {
        principal,
        sessionName: `eks-${cluster.name}-${pod.name}-${randomUUID()}`,
        tags: {
          'eks-cluster-arn': `arn:aws:eks:${region}:${principal.account.id}:cluster/${cluster.name}`,
          'eks-cluster-name': cluster.name,
          'kubernetes-namespace': pod.namespace,
          'kubernetes-pod-name': pod.name,
          'kubernetes-service-account': pod.serviceAccount,
        },
      }),
      path: PATH,
      authorizes: (sent) =>
        [...issued].some(
          ([made, expiresAt]) => equalInConstantTime(sent, made) && now().getTime() < expiresAt,
        ),
      members: () => ({ AccountId: principal.account.id }),
      linkLocal: { host: LINK_LOCAL.podIdentity, open: false },
      network,
    });
    return {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.credentialsUri,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
        AWS_STS_REGIONAL_ENDPOINTS: 'regional',
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      isolated: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${LINK_LOCAL.podIdentity}${PATH}` },
      plays: [
        ['cluster', cluster.issuer],
        ['agent', agent.credentialsUri],
      ],
      async close() {
        await agent.close();
        await token.close();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
