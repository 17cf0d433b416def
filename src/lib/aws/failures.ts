import { aws, program, rerun } from '../core/command-line.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { formatDuration } from '../core/duration.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { isOptInRegion, isRegionName } from '../core/region-name.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';
import { type ForeignPart, foreignPart } from './access-key.ts';
import { type CallSite, siteDetails, whereOf } from './call-site.ts';
import { accessDenied } from './denials.ts';
import { type AwsRefusal, metadataOf, refusalOf, refused } from './refusal.ts';

/** The failure that an error of an SDK client stands for. What no row of the catalogue covers is returned as it is. */
export function callFailure(error: unknown, site: CallSite): unknown {
  const refusal = refusalOf(error);
  if (refusal !== null) return refusalFailure(refusal, site);
  return transportFailure(error, site) ?? answerFailure(error, site) ?? error;
}

/** @param status of the last answer that came, when one did */
export function timeoutFailure(site: CallSite, cause?: unknown, status: number | null = null): FedctlError {
  const limit = formatDuration(site.timeoutMs / 1000);
  const details = { ...siteDetails(site), timeoutMs: site.timeoutMs, status };
  if (status !== null && (status === 429 || status >= 500)) {
    return unable(status, site, `, also when asked again, until ${limit} were over`, details, cause);
  }
  return new FedctlError('aws.timeout', {
    message:
      status === null
        ? `${whereOf(site)} did not answer ${site.action} within ${limit}.`
        : `${whereOf(site)} answered ${site.action} with HTTP ${status}, but not to the end within ${limit}.`,
    ...(status === null ? {} : { likelyCause: 'The answer stopped half-way, or is tried again and again.' }),
    details,
    cause,
  });
}

/** Too many requests, or a fault of whoever answers: by the status alone, without a word of AWS. */
function unable(
  status: number,
  site: CallSite,
  more: string,
  details: FedctlError['details'],
  cause: unknown,
): FedctlError {
  return new FedctlError(status === 429 ? 'aws.throttled' : 'aws.service-failed', {
    message: `${whereOf(site)} answered ${site.action} with HTTP ${status}${more}.`,
    ...(status === 429
      ? {}
      : { likelyCause: 'The service, or a proxy or load balancer before it, has a fault of its own.' }),
    details,
    cause,
  });
}

/** For an answer that looks well at first and lacks what it must hold: a proxy's, or an emulator's. */
export function notAws(site: CallSite, why: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.not-aws', {
    message: `What answered ${site.action} at ${site.endpoint} is not AWS: ${why}.`,
    remedy: 'See who answers at this endpoint.',
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

/** A signature for one Region or service, and an endpoint of another; with several codes, the sentence is the same. */
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
      message: `${whereOf(site)} refused ${site.action}: the account may not use the service. Asked with ${keyOf(site)}.`,
    });
  }
  if (NO_SIGNATURE.has(code)) return signatureMissing(refusal, site);
  if (THROTTLED.test(code)) {
    return refused('aws.throttled', refusal, site, {
      message: `${whereOf(site)} throttles ${site.action}, also after three attempts.`,
    });
  }
  switch (code) {
    case 'OutboundWebIdentityFederationDisabled':
      return refused('sts.federation-disabled', refusal, site, {
        message: `${whereOf(site)} mints no token: outbound federation is disabled for this account.`,
      });
    case 'SessionDurationEscalation':
      return sessionTooShort(refusal, site);
    case 'JWTPayloadSizeExceeded':
      return refused('sts.payload-too-large', refusal, site, {
        message: `${whereOf(site)} mints no token: its audiences and tags, those of the principal included, would make it too large.`,
      });
    case 'ExpiredToken':
    case 'RequestExpiredToken':
      return expiredToken(refusal, site);
    case 'SignatureDoesNotMatch':
    case 'InvalidSignature':
      return signatureRefused(refusal, site);
    case 'InvalidIdentityToken':
    case 'IDPRejectedClaim':
      return refused('sts.identity-token-refused', refusal, site, {
        message: `${whereOf(site)} refused the web identity token.`,
      });
    case 'IDPCommunicationError':
      return refused('sts.identity-provider-unreachable', refusal, site, {
        message: `${whereOf(site)} could not reach the issuer of the web identity token, also in three attempts.`,
      });
    case 'RegionDisabled':
      return refused('aws.region-disabled', refusal, site, {
        message: `STS is not active in ${site.region} for this account.`,
      });
    default:
      return status >= 500 ? serviceFailed(refusal, site) : requestRefused(refusal, site);
  }
}

/** AWS answers so to a call signed with a session's keys, and with their expiry it says which session. */
function expiredToken(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.credentials === null) {
    return refused('sts.identity-token-expired', refusal, site, {
      message: `The web identity token for ${site.action} has expired.`,
    });
  }
  const { providerDetail } = site.credentials;
  return refused('aws.credentials-expired', refusal, site, {
    message: `The AWS credentials have expired: those of ${providerDetail}.`,
  });
}

function sessionTooShort(refusal: AwsRefusal, site: CallSite): FedctlError {
  const expiresAt = site.credentials?.expiresAt ?? null;
  const left = expiresAt === null ? null : (expiresAt.getTime() - site.now().getTime()) / 1000;
  return refused('sts.session-too-short', refusal, site, {
    message: 'The token would outlive the session of the credentials that ask for it.',
    evidence: left === null || left < 0 ? [] : [`the session ends in ${formatDuration(left)}`],
  });
}

/** One answer for many faults, so what is known of the key, the Region and the call chooses among them. */
function accessKeyUnknown(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.access-key-unknown', refusal, site, {
    message: `${whereOf(site)} does not know ${keyOf(site)}.`,
    ...likelyReason(site),
  });
}

function likelyReason(site: CallSite): Pick<FailureFacts, 'likelyCause' | 'remedy' | 'command'> | null {
  const { credentials, region, regionSource } = site;
  if (credentials === null) return null;
  const { accessKeyId, sessionToken, provider } = credentials;
  const foreign = foreignPart(credentials);
  if (foreign !== null) return foreignAdvice(foreign, credentials);
  if (accessKeyId.startsWith('AKIA') && sessionToken !== null) {
    return {
      likelyCause:
        'A long-term key (AKIA…) has no session token. The one beside it is left from another session.',
      remedy:
        provider === 'environment'
          ? 'Unset AWS_SESSION_TOKEN.'
          : 'Remove the session token that stands beside the key.',
    };
  }
  if (accessKeyId.startsWith('ASIA') && sessionToken === null) {
    return {
      likelyCause:
        'The key of a session (ASIA…) is valid only together with its session token, which is missing.',
      remedy: 'Add the session token of the same session: AWS_SESSION_TOKEN, or aws_session_token in a file.',
    };
  }
  if (site.service === 'STS' && isOptInRegion(region)) {
    return {
      likelyCause: `${region} (${regionSource}) has to be enabled for the account. Until then its endpoint knows no key of the account, and no session that the global endpoint of STS made.`,
      remedy:
        sessionToken === null
          ? `Name another Region with --region, or enable this one for the account: aws account enable-region --region-name ${region}.`
          : 'If the Region is enabled, get the session from a Regional endpoint, with AWS_STS_REGIONAL_ENDPOINTS=regional. If it is not, name another Region with --region.',
      command:
        sessionToken === null ? null : aws(['account', 'get-region-opt-status', '--region-name', region]),
    };
  }
  return site.service === 'IAM' && sessionToken !== null ? OF_GET_SESSION_TOKEN : null;
}

/** IAM takes no session of GetSessionToken that was made without MFA, and says of it that it is invalid (facts/aws.md 6). */
const OF_GET_SESSION_TOKEN = {
  likelyCause: 'Credentials of GetSessionToken may not call IAM unless they were made with an MFA code.',
  remedy: 'Use the keys of the IAM user themselves, or assume a role with --role-arn <arn>.',
};

/** `docker --env-file`, systemd and INI files keep quotation marks; a shell takes them away. */
function foreignAdvice({ part, has }: ForeignPart, { provider, providerDetail }: ResolvedCredentials) {
  const keeps =
    provider === 'environment'
      ? 'files for docker --env-file and systemd keep them'
      : 'files of AWS keep them';
  return {
    likelyCause: `The value of the ${part} from ${providerDetail} has ${has} in it, and no key does.`,
    remedy:
      has === 'quotation marks'
        ? `Write the value without quotation marks: ${keeps}.`
        : 'Copy the value again, without blanks and line breaks.',
  };
}

/** `the access key AKIA…, from environment (AWS_ACCESS_KEY_ID)` */
function keyOf({ credentials }: CallSite): string {
  return credentials === null
    ? 'the access key of the request'
    : `the access key ${credentials.accessKeyId}, from ${credentials.providerDetail}`;
}

/** STS names a wrong clock SignatureDoesNotMatch too; the sentence alone tells the two apart. */
function signatureRefused(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (/^Signature (?:expired|not yet current)/i.test(refusal.message)) return clockSkew(refusal, site);
  const foreign = site.credentials === null ? null : foreignPart(site.credentials);
  return refused('aws.signature-refused', refusal, site, {
    message: `${whereOf(site)} refused the signature made with ${keyOf(site)}.`,
    ...(foreign === null || site.credentials === null ? {} : foreignAdvice(foreign, site.credentials)),
  });
}

/** What AWS verifies is the Region and the service within the signature; fedctl signs for the Region it was told. */
function scopeMismatch(refusal: AwsRefusal, site: CallSite): FedctlError {
  const { service, region, regionSource, endpoint, endpointSource } = site;
  const meant = regionInHost(endpoint);
  const other = meant === region ? null : meant;
  const instead =
    endpointSource === null
      ? `find out what answers at ${endpoint}: a proxy, or a name server that leads elsewhere`
      : endpointSource.startsWith('AWS_')
        ? `unset ${endpointSource}`
        : `remove the endpoint from the ${endpointSource}`;
  return refused('aws.endpoint-region-mismatch', refusal, site, {
    message: `The Region and the endpoint of ${service} do not fit each other: the request is signed for ${region} (${regionSource}), and ${endpoint} (${endpointSource ?? 'the endpoint of that Region'}) accepts no signature for it.`,
    remedy: `Use the Region of the endpoint with --region, or ${instead}.`,
    command: other === null ? null : rerun({ set: { '--region': other } }),
  });
}

/** `https://sts.us-east-2.amazonaws.com`, `https://vpce-1.sts.us-east-2.vpce.amazonaws.com`: us-east-2 */
function regionInHost(endpoint: string): string | null {
  return new URL(endpoint).hostname.split('.').find(isRegionName) ?? null;
}

function signatureMissing(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.signature-missing', refusal, site, {
    message: `${whereOf(site)} saw no whole signature on ${site.action}, and fedctl had signed it with ${keyOf(site)}.`,
  });
}

function clockSkew(refusal: AwsRefusal, site: CallSite): FedctlError {
  const skew = skewOf(refusal.error, site.now());
  return refused('aws.clock-skew', refusal, site, {
    message:
      skew === null
        ? `${whereOf(site)} refused the request because of its time.`
        : `The clock of this machine is ${formatDuration(skew)} ${skew > 0 ? 'ahead of' : 'behind'} that of ${whereOf(site)}.`,
  });
}

/** Seconds by which our clock is ahead of the answer's Date header; null when they agree to five minutes. */
function skewOf(error: Error, now: Date): number | null {
  const response = '$response' in error ? error.$response : null;
  const headers =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : null;
  const date = typeof headers === 'object' && headers !== null && 'date' in headers ? headers.date : null;
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const skew = (now.getTime() - theirs) / 1000;
  return Number.isFinite(skew) && Math.abs(skew) >= 300 ? skew : null;
}

/** facts/aws.md 2.3: the global endpoint knows every action but GetWebIdentityToken. */
function unknownAction(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.action !== 'GetWebIdentityToken') {
    return refused('aws.action-unknown', refusal, site, {
      message: `${whereOf(site)} does not know the action ${site.action}.`,
      ...(site.endpointSource === null
        ? {}
        : {
            likelyCause: `${site.endpointSource} names an emulator or a gateway that does not have this action.`,
            remedy: `Use an emulator that knows ${site.action}. For AWS itself, ${site.endpointSource.startsWith('AWS_') ? `unset ${site.endpointSource}` : `remove the endpoint from the ${site.endpointSource}`}.`,
          }),
    });
  }
  return refused('aws.region-global', refusal, site, {
    message: `${site.endpoint} does not know GetWebIdentityToken: it is the global endpoint of STS, or not STS.`,
    remedy:
      'Use the endpoint of a Region: name it with --region, and unset AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL.',
  });
}

function serviceFailed(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.service-failed', refusal, site, {
    message: `${whereOf(site)} answered ${site.action} with ${refusal.code} (HTTP ${refusal.status}).`,
  });
}

function requestRefused(refusal: AwsRefusal, site: CallSite): FedctlError {
  const isDuration = site.action === 'AssumeRole' && /DurationSeconds|session limit/i.test(refusal.message);
  return refused(isDuration ? 'sts.duration-refused' : 'aws.request-refused', refusal, site, {
    message: `${whereOf(site)} refused ${site.action}: ${refusal.message}`,
  });
}

function transportFailure(error: unknown, site: CallSite): FedctlError | null {
  const fault = transportFault(error);
  // The SDK gives this name to its own time-outs, which mostly have no code, but also to connections that were cut.
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
        message: `No TLS connection to ${whereOf(site)}: ${fault.reason} (${fault.code}).`,
        ...facts,
      })
    : new FedctlError('aws.unreachable', {
        message: `${whereOf(site)} cannot be reached: ${fault.reason} (${fault.code}).`,
        ...facts,
      });
}

/** What came back and was no XML of AWS. The SDK keeps the response in a hidden field. */
function answerFailure(error: unknown, site: CallSite): FedctlError | null {
  if (!(error instanceof Error) || !('$response' in error)) return null;
  const { httpStatusCode: status = 0 } = metadataOf(error);
  if (status === 429) {
    const details = { ...siteDetails(site), status };
    return unable(status, site, ' and a body that is no answer of the service', details, error);
  }
  return notAws(site, `HTTP ${status} with a body that is no answer of the service`, error);
}
