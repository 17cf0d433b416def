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
  /** Read at every request: keys are rotated. */
  readonly keys: () => SigningKeys;
  /** Called before a request is answered. */
  readonly wait: () => Promise<void>;
  readonly log: LabLog;
  /** The lab's clock: answers are dated by it, and clients compare their own with that. */
  readonly now: () => Date;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Where it is reachable as well. */
  readonly network?: CommandNetwork | undefined;
}

/**
 * Starts the issuer of one account: discovery and keys for everybody, whether federation is enabled or not, as AWS
 * does it (facts/aws.md 1 and 4). Its URL is what stands in `iss`, byte for byte.
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
      readable && known ? `served by ${issuer}` : 'only the discovery document and the keys can be read here',
  });
  if (!known) return { status: 404, headers: {}, body: '' };
  if (!readable) return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' };
  const body = JSON.stringify(await document());
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

/** As AWS publishes it: there is no authorization endpoint and no token endpoint (facts/aws.md 4). */
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

/** The public halves of an account's keys. */
export async function jwks(keys: SigningKeys): Promise<object> {
  const [rsa, ec] = await Promise.all([keys.RS256.pair(), keys.ES384.pair()]);
  return { keys: [rsa.jwk, ec.jwk] };
}
