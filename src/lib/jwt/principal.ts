/**
 * Describes the IAM principal in the `sub` of a token (facts/aws.md 3.1): a role or user with its path, never
 * a session.
 *
 * @returns null for any other ARN or text
 */
export function principalInWords(arn: string): string | null {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):(root|user\/.+|role\/.+)$/.exec(arn);
  const [, account, resource] = match ?? [];
  if (account === undefined || resource === undefined) return null;
  if (resource === 'root') return `the root user of account ${account}`;
  // In most tokens of IAM Identity Center roles, the path contains the Region.
  const permissionSet =
    /^role\/aws-reserved\/sso\.amazonaws\.com\/(?:[a-z0-9-]+\/)?AWSReservedSSO_(.+)_[0-9a-f]+$/.exec(
      resource,
    );
  if (permissionSet?.[1] !== undefined) {
    return `the permission set ${permissionSet[1]} of IAM Identity Center in account ${account}`;
  }
  const [kind, ...path] = resource.split('/');
  const name = path.at(-1) ?? '';
  const under = path.length > 1 ? ` under the path /${path.slice(0, -1).join('/')}/` : '';
  return `the IAM ${kind} ${name}${under} of account ${account}`;
}
