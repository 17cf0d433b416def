import { randomBytes, randomUUID, webcrypto } from 'node:crypto';
import { CompactSign } from 'jose/jws/compact/sign';
import { exportJWK } from 'jose/key/export';
import { type HttpAnswer, startLoopbackServer } from '../aws/loopback-server.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';

/** A pod and its service account. */
export interface Pod {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly name: string;
  readonly node: string;
}

export interface ClusterOptions {
  readonly log: LabLog;
  readonly now: () => Date;
  /** The certificate and the private key of the lab's issuers, both PEM; undefined without TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly network: CommandNetwork | undefined;
}

/** A Kubernetes cluster. The lab emulates only the issuer, which signs the tokens of the pods. */
export interface Cluster {
  readonly name: string;
  /** The `iss` claim of the cluster's tokens. As in EKS, this URL has a path. */
  readonly issuer: string;
  /** Issues a token in the format of a pod's projected service account token. */
  issueToken(pod: Pod, audience: string, lifeSeconds: number): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the issuer of an EKS cluster. The issuer has its own key. The issuer URL has a path. The issuer is
 * external to AWS: an account trusts the issuer only if IAM has an OpenID Connect provider for the issuer. The
 * members of the discovery document and of the key set are not verified against EKS.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startCluster({ log, now, tls, network }: ClusterOptions): Promise<Cluster> {
  const pair = await webcrypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  );
  const kid = randomBytes(20).toString('hex');
  const jwk = { ...(await exportJWK(pair.publicKey)), use: 'sig', kid, alg: 'RS256' };
  const path = `/id/${randomBytes(16).toString('hex').toUpperCase()}`;
  let issuer = '';
  const documents: Readonly<Record<string, () => object>> = {
    [`${path}/.well-known/openid-configuration`]: () => discoveryDocument(issuer),
    [`${path}/keys`]: () => ({ keys: [jwk] }),
  };
  const server = await startLoopbackServer({
    name: 'issuer of the EKS cluster',
    host: '127.0.0.1',
    port: 0,
    tls,
    network,
    async answer({ method, target }): Promise<HttpAnswer> {
      const document = method === 'GET' && Object.hasOwn(documents, target) ? documents[target] : undefined;
      log.add({
        hop: 'issuer',
        action: document === undefined ? '(another path)' : `GET ${target.slice(path.length)}`,
        principal: null,
        decision: document === undefined ? 'refused' : 'allowed',
        reason:
          document === undefined
            ? 'only the discovery document and the key set can be read'
            : `served by ${issuer}`,
      });
      if (document === undefined) return { status: 404, headers: {}, body: '' };
      const headers = { 'content-type': 'application/json' };
      return { status: 200, headers, body: JSON.stringify(document()) };
    },
  });
  issuer = `${server.url}${path}`;
  return {
    name: 'lab',
    issuer,
    async issueToken(pod, audience, lifeSeconds) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const claims = podClaims(pod, { issuer, audience, issuedAt, lifeSeconds });
      return await new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(pair.privateKey);
    },
    close: () => server.close(),
  };
}

function discoveryDocument(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    authorization_endpoint: 'urn:kubernetes:programmatic_authorization',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    claims_supported: ['sub', 'iss'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** Returns the claims of a projected service account token. `aud` is always a list. */
function podClaims(
  pod: Pod,
  {
    issuer,
    audience,
    issuedAt,
    lifeSeconds,
  }: {
    readonly issuer: string;
    readonly audience: string;
    readonly issuedAt: number;
    readonly lifeSeconds: number;
  },
): object {
  return {
    aud: [audience],
    exp: issuedAt + lifeSeconds,
    iat: issuedAt,
    iss: issuer,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace: pod.namespace,
      node: { name: pod.node },
      pod: { name: pod.name },
      serviceaccount: { name: pod.serviceAccount },
    },
    nbf: issuedAt,
    sub: `system:serviceaccount:${pod.namespace}:${pod.serviceAccount}`,
  };
}
