import type { Caller } from '../auth/identity.ts';
import type { EndpointOverride } from '../ports/aws.ts';

/** Returns the members that describe the caller in JSON documents. */
export function callerMembers(caller: Caller) {
  return {
    account: caller.account,
    principal: caller.arn,
    region: caller.region.name,
    endpointOverrides: caller.overrides,
  };
}

/** Returns the lines that are shown before federation is enabled or disabled: the caller and the account. */
export function changeHints(what: string, caller: Caller): readonly string[] {
  return [
    `${what} outbound federation for the whole account ${caller.account}`,
    `  as ${caller.arn}, Region ${caller.region.name}`,
    ...caller.overrides.map((override) => `  through ${overrideText(override)}`),
  ];
}

/** Formats an endpoint override, for example `http://127.0.0.1:4566 for IAM (AWS_ENDPOINT_URL_IAM)`. */
export function overrideText({ service, url, source }: EndpointOverride): string {
  return `${url} for ${service.toUpperCase()} (${source})`;
}
