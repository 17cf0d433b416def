/** `aws-global`, `aws-cn-global`, `aws-us-gov-global` … stand for the endpoint that belongs to no Region. */
const GLOBAL = /^aws(?:-[a-z]+)*-global$/;

/**
 * A Region becomes a label of a host name: anything else could name another host. Words and a number at the end; an
 * availability zone has a letter behind it (eu-west-1a), a local zone has more words (us-west-2-lax-1a).
 */
const REGION = /^[a-z]+(?:-[a-z]+)*-\d{1,2}/;

export function isGlobalRegion(name: string): boolean {
  return GLOBAL.test(name.toLowerCase());
}

/** True for what can be the name of a Region; which Regions there are is for AWS to know. */
export function isRegionName(name: string): boolean {
  return name.length <= 63 && REGION.exec(name)?.[0] === name;
}

/** The Region that a near miss means: that of a zone, or one in capitals or with underscores; null when none can be told. */
export function regionMeant(name: string): string | null {
  return REGION.exec(name.trim().toLowerCase().replace(/[_ ]/g, '-'))?.[0] ?? null;
}

/**
 * The Regions of the commercial partition that every account has. Those that came after March 2019 are opted into
 * (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html), so this list does not grow.
 */
const ENABLED_BY_DEFAULT: ReadonlySet<string> = new Set(
  (
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 ap-south-1 ap-northeast-1 ap-northeast-2 ' +
    'ap-northeast-3 ap-southeast-1 ap-southeast-2 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1'
  ).split(' '),
);

/** True for a Region of the commercial partition that an account has to be opted into before it can be used. */
export function isOptInRegion(name: string): boolean {
  return !ENABLED_BY_DEFAULT.has(name) && !/^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/.test(name);
}
