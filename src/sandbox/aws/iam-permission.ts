import { randomUUID } from 'node:crypto';
import { authorize, type LabAction } from './authorize.ts';
import { AwsError, accessDenied } from './aws-error.ts';
import type { Call } from './service.ts';

/**
 * Checks that a caller is allowed to perform an IAM action.
 *
 * @param resource an ARN; `*` if the action does not apply to a resource
 * @throws AwsError AccessDenied, InvalidClientTokenId
 */
export function permit(call: Call, action: LabAction, resource = '*'): void {
  const { principal, session } = call.caller;
  if (principal.kind === 'user' && session !== null && (!session.mfa || session.federatedUser !== null)) {
    // IAM rejects the credentials of federated users, and credentials that GetSessionToken created without MFA.
    throw new AwsError(
      'InvalidClientTokenId',
      403,
      'The security token included in the request is invalid',
      session.federatedUser === null
        ? 'credentials from GetSessionToken without MFA cannot call IAM'
        : 'a federated user cannot call IAM',
    );
  }
  const decision = authorize(call, { action, resource, keys: {}, role: null });
  if (decision.allowed) return;
  const id = randomUUID();
  throw accessDenied(
    `${decision.message}. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/${id} ` +
      'for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: ' +
      id,
    decision.reason,
  );
}
