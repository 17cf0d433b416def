import { program, rerun } from '../core/command-line.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { memberOf } from '../core/record.ts';
import { isRegionName } from '../core/region-name.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';
import { accessKeyUnknown, keyOf, signatureRefused } from './access-key-failures.ts';
import { type CallSite, siteDetails, whereOf } from './call-site.ts';
import { accessDenied } from './denials.ts';
import { type AwsRefusal, metadataOf, refusalOf, refused } from './refusal.ts';

/** Converts an error from an SDK client to a failure. An unknown error is returned unchanged. */
export function callFailure(error: unknown, site: CallSite): unknown {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusalFailure(refusal, site);
  return transportFailure(error, site) ?? answerFailure(error, site) ?? error;
}

/**
 * Creates the failure for a call that reached its time limit.
 *
 * @param status the HTTP status of the last response; null if there was no response
 */
export function timeoutFailure(site: CallSite, cause?: unknown, status: number | null = null): FedctlError {
  const limit = formatDuration(site.timeoutMs / 1000);
  const details = { ...siteDetails(site), timeoutMs: site.timeoutMs, status };
  if (status !== null && (status === 429 || status >= 500)) {
    return unable(status, site, ` within ${limit}, including retries`, details, cause);
  }
  return new FedctlError('aws.timeout', {
    message:
      status === null
        ? `${whereOf(site)} did not respond to ${site.action} within ${limit}.`
        : `${whereOf(site)} responded to ${site.action} with HTTP ${status}, but the response was not complete within ${limit}.`,
    ...(status === null ? {} : { likelyCause: 'The response was interrupted, or all retries failed.' }),
    details,
    cause,
  });
}

/**
 * Creates the failure for HTTP 429 or a server error. Uses only the HTTP status, because a proxy may have
 * sent the response.
 */
function unable(
  status: number,
  site: CallSite,
  more: string,
  details: FedctlError['details'],
  cause: unknown,
): FedctlError {
  return new FedctlError(status === 429 ? 'aws.throttled' : 'aws.service-failed', {
    message: `${whereOf(site)} responded to ${site.action} with HTTP ${status}${more}.`,
    ...(status === 429
      ? {}
      : { likelyCause: 'The service, or a proxy or load balancer in front of it, has an internal error.' }),
    details,
    cause,
  });
}

/**
 * Creates the failure for a response that does not contain the data that AWS always returns. A proxy or an
 * emulator may return such a response.
 */
export function notAws(site: CallSite, why: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.not-aws', {
    message: `The response to ${site.action} at ${site.endpoint} does not come from AWS: ${why}.`,
    remedy: 'Check which server responds at this endpoint.',
    command: program('curl', '-v', site.endpoint),
    details: siteDetails(site),
    cause,
  });
}

const THROTTLED =
  /^(?:Throttling|ThrottledRequest|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded$)/;
const CLOCK = new Set(['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture']);
const UNKNOWN_KEY = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
  'NotAuthorized',
]);
const DENIED = new Set(['AccessDenied', 'UnauthorizedOperation', 'AuthorizationError', 'AuthFailure']);
const UNKNOWN_ACTION = new Set([
  'InvalidAction',
  'UnknownOperation',
  'UnknownAction',
  'NotImplemented',
  'UnsupportedOperation',
]);
const NOT_SUBSCRIBED = new Set([
  'OptInRequired',
  'SubscriptionRequired',
  'AccountProblem',
  'PendingVerification',
]);
const NO_SIGNATURE = new Set(['MissingAuthenticationToken', 'IncompleteSignature', 'MissingSecurityHeader']);

/**
 * Matches the AWS error messages for a signature whose Region or service does not match the endpoint. AWS
 * returns these messages with several error codes.
 */
const SCOPE = /\bscoped to (?:a valid|(?:the )?correct) (?:region|service)|\bthe region '[^']*' is wrong\b/i;

function refusalFailure(refusal: AwsRefusal, site: CallSite): FedctlError {
  const { code, status } = refusal;
  if (DENIED.has(code)) return accessDenied(refusal, site);
  if (SCOPE.test(refusal.message)) return scopeMismatch(refusal, site);
  if (CLOCK.has(code)) return clockSkew(refusal, site);
  if (UNKNOWN_KEY.has(code)) return accessKeyUnknown(refusal, site);
  if (UNKNOWN_ACTION.has(code) || status === 501) return unknownAction(refusal, site);
  if (NOT_SUBSCRIBED.has(code)) {
    return refused('aws.not-subscribed', refusal, site, {
      message: `${whereOf(site)} rejected ${site.action}: the account cannot use the service. The request was signed with ${keyOf(site)}.`,
    });
  }
  if (NO_SIGNATURE.has(code)) return signatureMissing(refusal, site);
  if (THROTTLED.test(code)) {
    return refused('aws.throttled', refusal, site, {
      message: `${whereOf(site)} throttled ${site.action}, even after three attempts.`,
    });
  }
  switch (code) {
    case 'OutboundWebIdentityFederationDisabled':
      return refused('sts.federation-disabled', refusal, site, {
        message: `${whereOf(site)} mints no tokens: outbound federation is disabled for this account.`,
      });
    case 'SessionDurationEscalation':
      return sessionTooShort(refusal, site);
    case 'JWTPayloadSizeExceeded':
      return refused('sts.payload-too-large', refusal, site, {
        message: `${whereOf(site)} did not mint the token: the token would be too large with its audiences and tags, including the tags of the principal.`,
      });
    case 'ExpiredToken':
    case 'RequestExpiredToken':
      return expiredToken(refusal, site);
    case 'SignatureDoesNotMatch':
    case 'InvalidSignature':
      return signatureOrClock(refusal, site);
    case 'InvalidIdentityToken':
    case 'IDPRejectedClaim':
      return refused('sts.identity-token-refused', refusal, site, {
        message: `${whereOf(site)} rejected the web identity token.`,
      });
    case 'IDPCommunicationError':
      return refused('sts.identity-provider-unreachable', refusal, site, {
        message: `${whereOf(site)} could not reach the issuer of the web identity token in three attempts.`,
      });
    case 'RegionDisabled':
      return refused('aws.region-disabled', refusal, site, {
        message: `STS is not active in ${site.region} for this account.`,
      });
    default:
      return status >= 500 ? serviceFailed(refusal, site) : requestRefused(refusal, site);
  }
}

/**
 * Creates the failure for an expired token. In an unsigned call, the web identity token has expired. In a
 * signed call, the session of the signing credentials has expired.
 */
function expiredToken(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.credentials === null) {
    return refused('sts.identity-token-expired', refusal, site, {
      message: `The web identity token for ${site.action} has expired.`,
    });
  }
  const { providerDetail } = site.credentials;
  return refused('aws.credentials-expired', refusal, site, {
    message: `The AWS credentials from ${providerDetail} have expired.`,
  });
}

function sessionTooShort(refusal: AwsRefusal, site: CallSite): FedctlError {
  const expiresAt = site.credentials?.expiresAt ?? null;
  const left = expiresAt === null ? null : (expiresAt.getTime() - site.now().getTime()) / 1000;
  return refused('sts.session-too-short', refusal, site, {
    message: 'The token would expire after the session that requests it.',
    evidence: left === null || left < 0 ? [] : [`the session expires in ${formatDuration(left)}`],
  });
}

/**
 * Creates the failure for a rejected signature. STS also returns SignatureDoesNotMatch if the local clock is
 * wrong. Only the error message distinguishes a wrong clock from a wrong key.
 */
function signatureOrClock(refusal: AwsRefusal, site: CallSite): FedctlError {
  return /^Signature (?:expired|not yet current)/i.test(refusal.message)
    ? clockSkew(refusal, site)
    : signatureRefused(refusal, site);
}

/**
 * Creates the failure for a signature with the wrong Region or service. fedctl signs requests for the
 * configured Region, but the endpoint may belong to another Region or service.
 */
function scopeMismatch(refusal: AwsRefusal, site: CallSite): FedctlError {
  const { service, region, regionSource, endpoint, endpointSource } = site;
  const meant = regionInHost(endpoint);
  const other = meant === region ? null : meant;
  const instead =
    endpointSource === null
      ? `check whether a proxy responds at ${endpoint}`
      : endpointSource.startsWith('AWS_')
        ? `unset ${endpointSource}`
        : `remove the endpoint from the ${endpointSource}`;
  return refused('aws.endpoint-region-mismatch', refusal, site, {
    message: `The Region and the endpoint of ${service} do not match: the request is signed for ${region} (${regionSource}), but ${endpoint} (${endpointSource ?? 'the endpoint of that Region'}) does not accept this signature.`,
    remedy: `Specify the Region of the endpoint with --region, or ${instead}.`,
    command: other === null ? null : rerun({ set: { '--region': other } }),
  });
}

/**
 * Returns the Region in the host name of an endpoint, such as us-east-2 in
 * `https://sts.us-east-2.amazonaws.com` and `https://vpce-1.sts.us-east-2.vpce.amazonaws.com`. Returns null
 * if the host name contains no Region.
 */
function regionInHost(endpoint: string): string | null {
  return new URL(endpoint).hostname.split('.').find(isRegionName) ?? null;
}

function signatureMissing(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.signature-missing', refusal, site, {
    message: `${whereOf(site)} received no complete signature for ${site.action}, although fedctl signed the request with ${keyOf(site)}.`,
  });
}

function clockSkew(refusal: AwsRefusal, site: CallSite): FedctlError {
  const skew = skewOf(refusal.error, site.now());
  return refused('aws.clock-skew', refusal, site, {
    message:
      skew === null
        ? `${whereOf(site)} rejected the request because of its timestamp.`
        : `The clock of this machine is ${formatDuration(skew)} ${skew > 0 ? 'ahead of' : 'behind'} the clock of ${whereOf(site)}.`,
  });
}

/**
 * Returns the number of seconds by which the local clock is ahead of the Date header in the response. The
 * number is negative if the local clock is behind. Returns null if the difference is less than five minutes.
 */
function skewOf(error: Error, now: Date): number | null {
  const date = memberOf(memberOf(memberOf(error, '$response'), 'headers'), 'date');
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const skew = (now.getTime() - theirs) / 1000;
  return Number.isFinite(skew) && Math.abs(skew) >= 300 ? skew : null;
}

/**
 * Creates the failure for an unsupported action. The global STS endpoint supports all actions except
 * GetWebIdentityToken (facts/aws.md 2.3).
 */
function unknownAction(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.action !== 'GetWebIdentityToken') {
    return refused('aws.action-unknown', refusal, site, {
      message: `${whereOf(site)} does not support the action ${site.action}.`,
      ...(site.endpointSource === null
        ? {}
        : {
            likelyCause: `${site.endpointSource} specifies an emulator or a gateway that does not support this action.`,
            remedy: `Use an emulator that supports ${site.action}. To use AWS itself, ${site.endpointSource.startsWith('AWS_') ? `unset ${site.endpointSource}` : `remove the endpoint from the ${site.endpointSource}`}.`,
          }),
    });
  }
  return refused('aws.region-global', refusal, site, {
    message: `${site.endpoint} does not support GetWebIdentityToken. It is the global STS endpoint, or it is not an STS endpoint.`,
    remedy:
      'Use the endpoint of a Region: specify the Region with --region, and run "unset AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL".',
  });
}

function serviceFailed(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.service-failed', refusal, site, {
    message: `${whereOf(site)} responded to ${site.action} with ${refusal.code} (HTTP ${refusal.status}).`,
  });
}

function requestRefused(refusal: AwsRefusal, site: CallSite): FedctlError {
  const isDuration = site.action === 'AssumeRole' && /DurationSeconds|session limit/i.test(refusal.message);
  return refused(isDuration ? 'sts.duration-refused' : 'aws.request-refused', refusal, site, {
    message: `${whereOf(site)} rejected ${site.action}: ${refusal.message}`,
  });
}

function transportFailure(error: unknown, site: CallSite): FedctlError | null {
  const fault = transportFault(error);
  // The SDK uses the name TimeoutError for its own timeouts and for broken connections. The error for an SDK
  // timeout usually has no error code.
  if (fault === null && error instanceof Error && error.name === 'TimeoutError') {
    return timeoutFailure(site, error);
  }
  if (fault === null) return null;
  if (fault.kind === 'timeout') return timeoutFailure(site, error);
  const facts = {
    details: { ...siteDetails(site), reason: fault.code },
    ...adviceOf(fault, new URL(site.endpoint)),
    cause: error,
  };
  return fault.kind === 'tls'
    ? new FedctlError('aws.tls-failed', {
        message: `The TLS connection to ${whereOf(site)} failed: ${fault.reason} (${fault.code}).`,
        ...facts,
      })
    : new FedctlError('aws.unreachable', {
        message: `Cannot reach ${whereOf(site)}: ${fault.reason} (${fault.code}).`,
        ...facts,
      });
}

/**
 * Creates the failure for a response that is not a valid XML response from AWS. The SDK stores the response
 * in the property `$response` of the error.
 */
function answerFailure(error: unknown, site: CallSite): FedctlError | null {
  if (!(error instanceof Error) || !('$response' in error)) return null;
  const { httpStatusCode: status = 0 } = metadataOf(error);
  if (status === 429) {
    const details = { ...siteDetails(site), status };
    return unable(status, site, ' and a body that is not a response from the service', details, error);
  }
  return notAws(site, `HTTP ${status} with a body that is not a response from the service`, error);
}
