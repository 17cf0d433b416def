import type { ResolvedCredentials } from '../core/credentials.ts';

/** One call to AWS, as its failures have to describe it. */
export interface CallSite {
  readonly service: 'STS' | 'IAM';
  /** The API's name of the operation: `GetWebIdentityToken`. */
  readonly action: string;
  readonly region: string;
  /** What names the Region: `--region`, `AWS_REGION`, `profile "x"` … */
  readonly regionSource: string;
  /** Where the request goes, without a slash at the end. */
  readonly endpoint: string;
  /** What names the endpoint: `AWS_ENDPOINT_URL_STS` …; null for AWS's own. */
  readonly endpointSource: string | null;
  /** Bounds the call with its retries, in milliseconds. */
  readonly timeoutMs: number;
  /** What the request is signed with; null for a call that needs no signature. */
  readonly credentials: ResolvedCredentials | null;
  /** The role that the call asks for; null for calls that ask for none. */
  readonly roleArn: string | null;
  now(): Date;
}

/** `STS in eu-west-1 (https://sts.eu-west-1.amazonaws.com)` */
export function whereOf(site: CallSite): string {
  return `${site.service} in ${site.region} (${site.endpoint})`;
}

/** The evidence that each failure of a call carries. */
export function siteDetails(site: CallSite) {
  return {
    service: site.service,
    action: site.action,
    region: site.region,
    endpoint: site.endpoint,
    ...(site.credentials === null
      ? {}
      : { accessKeyId: site.credentials.accessKeyId, provider: site.credentials.providerDetail }),
  };
}
