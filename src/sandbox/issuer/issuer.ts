import { SIGNING_ALGORITHMS } from '../../lib/core/token.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';
import type { SigningKeys } from './signing-keys.ts';

const DISCOVERY_PATH = '/.well-known/openid-configuration';
const JWKS_PATH = '/.well-known/jwks.json';

export interface IssuerOptions {
  readonly accountId: string;
  /**
   * Returns the signing keys. The issuer calls this function for every request, because keys can be rotated.
   */
  readonly keys: () => SigningKeys;
  /** Called before the issuer handles a request, to delay the response. */
  readonly wait: () => Promise<void>;
  readonly log: LabLog;
  /**
   * Returns the time of the lab's clock. The Date header of responses contains this time. Clients compare the
   * header with their own clocks.
   */
  readonly now: () => Date;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The network of an isolated command. The issuer also listens in this network. */
  readonly network?: CommandNetwork | undefined;
}

/**
 * Starts the issuer of one account. As in AWS, the discovery document and the key set are public, even if
 * federation is disabled (facts/aws.md 1 and 4). The URL of the issuer is the `iss` of its tokens.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startIssuer(options: IssuerOptions): Promise<LoopbackServer> {
  let url = '';
  const server = await startLoopbackServer({
    ...options,
    name: `issuer of account ${options.accountId}`,
    answer: async (request) => {
      await options.wait();
      const given = await answer(request, url, options);
      return { ...given, headers: { ...given.headers, date: options.now().toUTCString() } };
    },
  });
  url = server.url;
  return server;
}

async function answer(
  request: HttpRequest,
  issuer: string,
  { keys, log }: IssuerOptions,
): Promise<HttpAnswer> {
  const path = request.target.replace(/\?.*$/s, '');
  const documents = new Map<string, () => object | Promise<object>>([
    [DISCOVERY_PATH, () => discoveryDocument(issuer)],
    [JWKS_PATH, () => jwks(keys())],
  ]);
  const document = documents.get(path);
  const readable = request.method === 'GET' || request.method === 'HEAD';
  const known = document !== undefined;
  log.add({
    hop: 'issuer',
    action: `${readable ? request.method : 'other'} ${known ? path : '(another path)'}`,
    principal: null,
    decision: readable && known ? 'allowed' : 'refused',
    reason:
      readable && known ? `served by ${issuer}` : 'only the discovery document and the key set can be read',
  });
  if (!known) return { status: 404, headers: {}, body: '' };
  if (!readable) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };
  const body = JSON.stringify(await document());
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/**
 * Returns the discovery document. As in AWS, it contains no authorization endpoint and no token endpoint
 * (facts/aws.md 4).
 */
export function discoveryDocument(issuer: string): object {
  return {
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', 'https://sts.amazonaws.com/'],
    id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
    issuer,
    jwks_uri: `${issuer}${JWKS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
  };
}

/** Returns the key set (JWKS) of an account. */
export async function jwks(keys: SigningKeys): Promise<object> {
  const [rsa, ec] = await Promise.all([keys.RS256.pair(), keys.ES384.pair()]);
  return { keys: [rsa.jwk, ec.jwk] };
}
