/**
 * Describes the IAM principal in the `sub` claim of a token (facts/aws.md 3.1). The principal is a role, a
 * user or the root user, but never a session.
 *
 * @returns the description; null if the text is not the ARN of such a principal
 */
export function principalInWords(arn: string): string | null {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):(root|user\/.+|role\/.+)$/.exec(arn);
  const [, account, resource] = match ?? [];
  if (account === undefined || resource === undefined) return null;
  if (resource === 'root') return `the root user of account ${account}`;
  // The path of an IAM Identity Center role usually contains the Region.
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
