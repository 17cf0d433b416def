import type { Caller } from './identities.ts';

/** What the lab's STS and IAM can be asked, and the permissions that go with it. GetCallerIdentity needs none. */
export type LabAction =
  | 'sts:GetWebIdentityToken'
  | 'sts:TagGetWebIdentityToken'
  | 'sts:AssumeRole'
  | 'sts:TagSession'
  | 'sts:SetSourceIdentity'
  | 'iam:EnableOutboundWebIdentityFederation'
  | 'iam:DisableOutboundWebIdentityFederation'
  | 'iam:GetOutboundWebIdentityFederationInfo';

export type Authorization =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** AWS's sentence: it names caller, action and resource, and never which condition failed. */
      readonly message: string;
      /** The true reason, for the lab's log. */
      readonly reason: string;
    };

/** Decides whether a caller's policies allow an action. The one place where permissions are looked at. */
export function authorize(caller: Caller, action: LabAction, resource: string): Authorization {
  const { allowed } = caller.principal;
  if (allowed === 'everything' || allowed.has(action)) return { allowed: true };
  return {
    allowed: false,
    message: `${notAuthorized(caller, action, resource)} because no identity-based policy allows the ${action} action`,
    reason: `${caller.principal.kind} ${caller.principal.name} has no permission for ${action}`,
  };
}

/** The sentence AWS refuses with, without its reason: all that AssumeRole says (facts/aws.md 6). */
export function notAuthorized(caller: Caller, action: LabAction, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
}
