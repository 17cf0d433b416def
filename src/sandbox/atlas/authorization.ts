import { inNetwork } from '../../lib/core/network.ts';
import type { HttpAnswer, HttpRequest } from '../aws/loopback-server.ts';
import { ApiFailure } from './answer.ts';
import type { ApiCredentials } from './credentials.ts';
import type { DigestAuthentication } from './digest.ts';
import { headerOf } from './request.ts';

/**
 * The result of authentication: the principal, or an error response. Only the lab's log contains the reason
 * for the error.
 */
export type Authorization =
  | { readonly accepted: true; readonly principal: string }
  | {
      readonly accepted: false;
      readonly principal: string | null;
      readonly answer: HttpAnswer;
      readonly reason: string;
    };

/**
 * Checks the bearer token of a service account, or the Digest response of an API key. Then checks that the
 * credential's access list contains the client's address. A wrong key, a wrong token and missing credentials
 * all cause the same response (facts/mongodb.md 7.3).
 */
export function authorize(
  request: HttpRequest,
  { credentials, digest }: { readonly credentials: ApiCredentials; readonly digest: DigestAuthentication },
): Authorization {
  const [, scheme = '', value = ''] = /^(\S+) +(.*)$/s.exec(headerOf(request, 'authorization') ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer': {
      const holder = credentials.holderOf(value.trim());
      if (typeof holder === 'string')
        return refuse(`the bearer token is ${holder}`, null, digest.challenge(false));
      return fromAllowedAddress(request, holder.clientId, credentials);
    }
    case 'digest': {
      const { publicKey } = credentials.apiKey;
      const verdict = digest.judge(value, request, credentials.apiKey);
      if (verdict === 'accepted') return fromAllowedAddress(request, publicKey, credentials);
      return verdict === 'stale'
        ? refuse('the nonce has expired', publicKey, digest.challenge(true))
        : refuse(verdict.refused, null, digest.challenge(false));
    }
    default:
      return refuse('no credentials', null, digest.challenge(false));
  }
}

/**
 * Checks that the credential has at least one of the roles that can read a resource.
 *
 * @throws ApiFailure 401 if the credential has none of these roles. This status was recorded from Atlas.
 */
export function requireRole(credentials: ApiCredentials, wanted: readonly string[]): void {
  if (wanted.some((role) => [...credentials.roles].some((held) => held === role))) return;
  throw new ApiFailure(401, 'USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.');
}

function fromAllowedAddress(
  { remoteAddress }: HttpRequest,
  principal: string,
  { accessList }: ApiCredentials,
): Authorization {
  if (accessList.length === 0 || accessList.some((block) => inNetwork(remoteAddress, block))) {
    return { accepted: true, principal };
  }
  const failure = new ApiFailure(
    403,
    'IP_ADDRESS_NOT_ON_ACCESS_LIST',
    `IP address ${remoteAddress} is not allowed to access this resource.`,
    { parameters: [remoteAddress] },
  );
  const reason = `${remoteAddress} is not on the credential's access list`;
  return { accepted: false, principal, answer: failure.toAnswer(), reason };
}

/**
 * The body of a 401 response, byte for byte as recorded from Atlas. A separate component of Atlas creates
 * this response, so its format differs from the format of other errors.
 */
const UNAUTHORIZED = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`;

function unauthorized(challenge: string): HttpAnswer {
  const headers = { 'content-type': 'application/json', server: 'mdbws', 'www-authenticate': challenge };
  return { status: 401, headers, body: UNAUTHORIZED };
}

function refuse(reason: string, principal: string | null, challenge: string): Authorization {
  return { accepted: false, principal, answer: unauthorized(challenge), reason };
}
