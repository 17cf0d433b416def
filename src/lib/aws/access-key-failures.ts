import { aws } from '../core/command-line.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import type { FailureFacts, FedctlError } from '../core/errors.ts';
import { isOptInRegion } from '../core/region-name.ts';
import { type ForeignPart, foreignPart } from './access-key.ts';
import { type CallSite, whereOf } from './call-site.ts';
import { type AwsRefusal, refused } from './refusal.ts';

/**
 * Creates the failure for a rejected access key. AWS returns one error for several faults, so the cause is
 * derived from the key, the Region and the call.
 */
export function accessKeyUnknown(refusal: AwsRefusal, site: CallSite): FedctlError {
  return refused('aws.access-key-unknown', refusal, site, {
    message: `${whereOf(site)} does not recognize ${keyOf(site)}.`,
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
        'A long-term key (AKIA…) has no session token. The session token that is set belongs to another session.',
      remedy:
        provider === 'environment'
          ? 'Unset AWS_SESSION_TOKEN.'
          : 'Remove the session token that is set together with the key.',
    };
  }
  if (accessKeyId.startsWith('ASIA') && sessionToken === null) {
    return {
      likelyCause:
        'The key of a session (ASIA…) is valid only together with its session token, which is missing.',
      remedy:
        'Add the session token that belongs to the key: set AWS_SESSION_TOKEN, or aws_session_token in the same file as the key.',
    };
  }
  if (site.service === 'STS' && isOptInRegion(region)) {
    return {
      likelyCause: `${region} (${regionSource}) must be enabled for the account. Until then, the STS endpoint of the Region rejects all keys of the account and all sessions from the global STS endpoint.`,
      remedy:
        sessionToken === null
          ? `Use another Region with --region, or enable this Region for the account with "aws account enable-region --region-name ${region}".`
          : 'If the Region is enabled, get the session from a Regional endpoint, with AWS_STS_REGIONAL_ENDPOINTS=regional. If the Region is not enabled, use another Region with --region.',
      command:
        sessionToken === null ? null : aws(['account', 'get-region-opt-status', '--region-name', region]),
    };
  }
  return site.service === 'IAM' && sessionToken !== null ? OF_GET_SESSION_TOKEN : null;
}

/**
 * The advice for credentials that GetSessionToken returned without an MFA code. For these credentials, IAM
 * returns the same error as for an invalid key (facts/aws.md 6).
 */
const OF_GET_SESSION_TOKEN = {
  likelyCause: 'Credentials from GetSessionToken can call IAM only if they were requested with an MFA code.',
  remedy: 'Use the long-term keys of the IAM user, or assume a role with --role-arn <arn>.',
};

/**
 * Returns the cause and the remedy for credentials that contain invalid characters. A shell removes the
 * quotation marks around a value. In INI files, and in environment files for `docker --env-file`, quotation marks
 * are part of the value.
 */
function foreignAdvice({ part, has }: ForeignPart, { provider, providerDetail }: ResolvedCredentials) {
  const keeps =
    provider === 'environment'
      ? 'In a file for docker --env-file, quotation marks are part of the value.'
      : 'In the AWS config and credentials files, quotation marks are part of the value.';
  return {
    likelyCause: `The value of the ${part} from ${providerDetail} is invalid: it contains ${has}.`,
    remedy:
      has === 'quotation marks'
        ? `Write the value without quotation marks. ${keeps}`
        : 'Copy the value again, without white space.',
  };
}

/**
 * Describes the access key that signed a call, for example `the access key AKIA…, from environment
 * (AWS_ACCESS_KEY_ID)`.
 */
export function keyOf({ credentials }: CallSite): string {
  return credentials === null
    ? 'the access key of the request'
    : `the access key ${credentials.accessKeyId}, from ${credentials.providerDetail}`;
}

/** Creates the failure for a signature that does not match the request. */
export function signatureRefused(refusal: AwsRefusal, site: CallSite): FedctlError {
  const foreign = site.credentials === null ? null : foreignPart(site.credentials);
  return refused('aws.signature-refused', refusal, site, {
    message: `${whereOf(site)} rejected the signature made with ${keyOf(site)}.`,
    ...(foreign === null || site.credentials === null ? {} : foreignAdvice(foreign, site.credentials)),
  });
}
