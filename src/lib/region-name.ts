/** `aws-global`, `aws-cn-global`, `aws-us-gov-global` … stand for the endpoint that belongs to no Region. */
const GLOBAL = /^aws(?:-[a-z]+)*-global$/;

/** The Region becomes a label of a host name: anything else could name another host. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function isGlobalRegion(name: string): boolean {
  return GLOBAL.test(name.toLowerCase());
}

/** True for what can be the name of a Region; which Regions there are is for AWS to know. */
export function isRegionName(name: string): boolean {
  return LABEL.test(name);
}
