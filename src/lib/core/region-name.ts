/** Matches the names of global endpoints: `aws-global`, `aws-cn-global`, `aws-us-gov-global` … */
const GLOBAL = /^aws(?:-[a-z]+)*-global$/;

/**
 * Matches the Region name at the start of a text: words followed by a number. An Availability Zone has a
 * letter after the number (eu-west-1a). A Local Zone has more words (us-west-2-lax-1a).
 */
const REGION = /^[a-z]+(?:-[a-z]+)*-\d{1,2}/;

export function isGlobalRegion(name: string): boolean {
  return GLOBAL.test(name.toLowerCase());
}

/**
 * Returns whether a text has the form of a Region name. Does not check that the Region exists. Other text
 * must be rejected, because the Region becomes part of host names.
 */
export function isRegionName(name: string): boolean {
  return name.length <= 63 && REGION.exec(name)?.[0] === name;
}

/**
 * Returns the Region that an invalid Region name contains. The invalid name can be an Availability Zone, a
 * Local Zone, or a Region with uppercase letters, spaces or underscores. Returns null if the name contains no
 * Region.
 */
export function regionMeant(name: string): string | null {
  return REGION.exec(name.trim().toLowerCase().replace(/[_ ]/g, '-'))?.[0] ?? null;
}

/**
 * The Regions of the commercial partition that are enabled in every account. This list does not grow, because
 * Regions added after March 2019 are opt-in
 * (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html).
 */
const ENABLED_BY_DEFAULT: ReadonlySet<string> = new Set(
  (
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 ap-south-1 ap-northeast-1 ap-northeast-2 ' +
    'ap-northeast-3 ap-southeast-1 ap-southeast-2 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1'
  ).split(' '),
);

/** Returns whether a Region of the commercial partition must be enabled in the account before use. */
export function isOptInRegion(name: string): boolean {
  return !ENABLED_BY_DEFAULT.has(name) && !/^(?:cn|us-gov|us-iso[a-z]*|eu-isoe|eusc)-/.test(name);
}
