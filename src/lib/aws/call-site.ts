import type { ResolvedCredentials } from '../core/credentials.ts';

/** Describes a call to AWS for the failure messages. */
export interface CallSite {
  readonly service: 'STS' | 'IAM';
  /** The API name of the operation, for example `GetWebIdentityToken`. */
  readonly action: string;
  readonly region: string;
  /** The source of the Region, such as `--region`, `AWS_REGION` or `profile "x"`. */
  readonly regionSource: string;
  /** The URL that the request is sent to, without a trailing slash. */
  readonly endpoint: string;
  /** The source of the endpoint, such as `AWS_ENDPOINT_URL_STS`; null for an AWS default endpoint. */
  readonly endpointSource: string | null;
  /** The time limit for the call, including retries, in milliseconds. */
  readonly timeoutMs: number;
  /** The credentials that sign the request; null for an unsigned call. */
  readonly credentials: ResolvedCredentials | null;
  /** The ARN of the role that the call assumes; null if the call assumes no role. */
  readonly roleArn: string | null;
  now(): Date;
}

/** Describes the service that receives a call, for example `STS in eu-west-1 (https://sts.eu-west-1.amazonaws.com)`. */
export function whereOf(site: CallSite): string {
  return `${site.service} in ${site.region} (${site.endpoint})`;
}

/** Returns the details that each failure of the call contains. */
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
