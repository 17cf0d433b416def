import { isIP } from 'node:net';
import * as z from 'zod';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';
import { type AtlasHttpAnswer, nameOf, quote } from './exchange.ts';
import { jsonOf, notJson } from './read-answer.ts';

/** The credential that a request uses, and the role that the request requires. */
export interface Site {
  /** The name of the credential, such as `service account mdb_sa_id_…`. */
  readonly credential: string;
  /** The role, such as `Organization Owner`; null if the request requires no role. */
  readonly role: string | null;
}

/** The error in an Atlas response (facts/mongodb.md 7.4), or in an OAuth response (RFC 6749 5.2). */
export interface ApiError {
  /** The error code, such as `GROUP_NOT_FOUND` or `invalid_client`; null if the response has no code. */
  readonly code: string | null;
  readonly detail: string;
  readonly parameters: readonly unknown[];
}

const AtlasShape = z.object({
  errorCode: z.string(),
  detail: z.string().nullish(),
  reason: z.string().nullish(),
  parameters: z.array(z.unknown()).nullish(),
});
const OAuthShape = z.object({ error: z.string(), error_description: z.string().nullish() });

/** Returns the error in the body; null if the body is neither an Atlas error nor an OAuth error. */
function apiErrorOf(answer: AtlasHttpAnswer): ApiError | null {
  const document = jsonOf(answer);
  const atlas = AtlasShape.safeParse(document).data;
  if (atlas !== undefined) {
    const { errorCode, detail, reason, parameters } = atlas;
    return { code: errorCode, detail: detail ?? reason ?? '', parameters: parameters ?? [] };
  }
  const oauth = OAuthShape.safeParse(document).data;
  if (oauth === undefined) return null;
  return { code: oauth.error, detail: oauth.error_description ?? '', parameters: [] };
}

/**
 * Returns whether a 401 response was caused by a missing role. Atlas also returns 401 for an invalid
 * credential.
 */
export function lacksRole(answer: AtlasHttpAnswer): boolean {
  return /USER_UNAUTHORIZED/.test(apiErrorOf(answer)?.code ?? '');
}

/**
 * Converts a response with a status other than 200 to a failure. For status 401, the request was already
 * repeated with a new authorization.
 */
export function refusalOf(answer: AtlasHttpAnswer, site: Site): FedctlError {
  const { status } = answer;
  const error = apiErrorOf(answer);
  // These statuses are checked before the body, because a proxy in front of Atlas may send them with an HTML
  // body.
  if (status === 429) return failure('atlas.rate-limited', answer, error, rateLimited(answer));
  if (status >= 500) return failure('atlas.service-failed', answer, error, answered(answer, error));
  if (error === null) return notJson(answer);
  if (status === 403 && /ACCESS_LIST|WHITELIST/.test(error.code ?? '')) {
    return failure('atlas.api-access-list', answer, error, offList(answer, error, site));
  }
  if (status === 403 || lacksRole(answer)) {
    return failure('atlas.role-missing', answer, error, withoutRole(answer, error, site));
  }
  if (status === 401 || error.code === 'invalid_client') return credentialRefused(answer, error, site);
  if (status === 404) return failure('atlas.not-found', answer, error, answered(answer, error));
  if (status === 410 || status === 406)
    return failure('atlas.version-gone', answer, error, answered(answer, error));
  return failure('atlas.request-refused', answer, error, answered(answer, error));
}

function failure(
  code: FailureCode,
  { request, status }: AtlasHttpAnswer,
  error: ApiError | null,
  facts: FailureFacts,
): FedctlError {
  const said =
    error === null
      ? {}
      : {
          errorCode: error.code === null ? null : quote(request, error.code),
          detail: quote(request, error.detail),
        };
  return new FedctlError(code, {
    ...facts,
    details: { url: request.url.href, status, ...said, ...facts.details },
  });
}

/** Formats the error for a message, for example `No group with ID … exists (GROUP_NOT_FOUND)`. */
function textOf({ request, status }: AtlasHttpAnswer, error: ApiError | null): string {
  if (error === null) return `HTTP ${status}`;
  const detail = quote(request, error.detail).replace(/\.$/, '');
  const code = quote(request, error.code ?? `HTTP ${status}`);
  return detail === '' ? code : `${detail} (${code})`;
}

function answered(answer: AtlasHttpAnswer, error: ApiError | null): FailureFacts {
  return { message: `${nameOf(answer.request)} returned an error: ${textOf(answer, error)}.` };
}

function credentialRefused(answer: AtlasHttpAnswer, error: ApiError, { credential }: Site): FedctlError {
  const host = answer.request.url.host;
  // For most expired secrets, Atlas returns the same error as for a wrong secret. Only some errors contain the
  // word "expired".
  if (/expired/i.test(`${error.code} ${error.detail}`)) {
    return failure('atlas.secret-expired', answer, error, {
      message: `Atlas at ${host} reports that the secret of ${credential} has expired: ${textOf(answer, error)}.`,
    });
  }
  return failure('atlas.credentials-refused', answer, error, {
    message: `Atlas at ${host} rejected ${credential}: ${textOf(answer, error)}.`,
  });
}

function offList(answer: AtlasHttpAnswer, error: ApiError, { credential }: Site): FailureFacts {
  const [first] = error.parameters;
  const address = typeof first === 'string' && isIP(first) !== 0 ? first : null;
  return {
    message: `Atlas does not accept ${credential} from ${address ?? 'the IP address of this machine'}: ${textOf(answer, error)}.`,
    remedy: `In Atlas, an owner of the organization must add ${address ?? 'the address of this machine'} to the API access list of ${credential}: Organization, Applications, API Access List.`,
    details: { address },
  };
}

function withoutRole(answer: AtlasHttpAnswer, error: ApiError, { credential, role }: Site): FailureFacts {
  const wanted = role === null ? '' : ` The request requires the role ${role}.`;
  return {
    message: `Atlas does not allow ${credential} to read ${answer.request.url.pathname}: ${textOf(answer, error)}.${wanted}`,
    ...(role !== null && { remedy: `In Atlas, an owner must give ${credential} the role ${role}.` }),
    details: { role },
  };
}

function rateLimited(answer: AtlasHttpAnswer): FailureFacts {
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  const known = Number.isFinite(seconds) && seconds >= 0;
  const message = `${nameOf(answer.request)} was throttled: too many requests in a short time.`;
  return known
    ? {
        message,
        remedy: `Repeat the command in ${Math.ceil(seconds)} s.`,
        details: { retryAfterSeconds: seconds },
      }
    : { message };
}
