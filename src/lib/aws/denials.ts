import { aws } from '../core/command-line.ts';
import type { FailureFacts, FedctlError } from '../core/errors.ts';
import { type CallSite, whereOf } from './call-site.ts';
import { type AwsRefusal, refused } from './refusal.ts';

/**
 * Converts an AccessDenied error to a failure. AWS uses this code for all denials. The failure depends on the
 * call and on the permission in the AWS error message (facts/aws.md 1, 2.3, 6).
 */
export function accessDenied(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.service === 'IAM') return permissionMissing(refusal, site);
  if (/^MultiFactorAuthentication failed/.test(refusal.message)) return mfaRefused(refusal, site);
  switch (site.action) {
    case 'GetWebIdentityToken':
      return mintDenied(refusal, site);
    case 'GetSessionToken':
      return sessionTokenDenied(refusal, site);
    case 'AssumeRole':
      return refused('sts.assume-denied', refusal, site, {
        message: `${callerOf(refusal, site)} is not allowed to assume ${roleOf(site)}.`,
        ...trustPolicy(site),
      });
    case 'AssumeRoleWithWebIdentity':
      return refused('sts.assume-denied', refusal, site, {
        message: `The web identity token is not allowed to assume ${roleOf(site)}.`,
        ...trustPolicy(site),
        likelyCause:
          'The trust policy of the role does not allow sts:AssumeRoleWithWebIdentity for the issuer, audience and subject of this token, or the role does not exist.',
      });
    default:
      return plainlyDenied(refusal, site);
  }
}

/**
 * Creates the failure for a wrong MFA code or device. Only the AWS error message distinguishes these faults
 * from other denials (facts/aws.md 6).
 */
function mfaRefused(refusal: AwsRefusal, site: CallSite): FedctlError {
  const isDevice = /unable to validate/.test(refusal.message);
  return refused('sts.mfa-refused', refusal, site, {
    message: `${whereOf(site)} rejected the MFA ${isDevice ? 'device' : 'code'} in ${site.action}.`,
    ...(isDevice
      ? {
          likelyCause:
            'The user whose credentials signed the call has no MFA device with this serial number, or the call was signed with session credentials.',
          remedy: 'Compare the serial number with the MFA devices of the user.',
          command: aws(['iam', 'list-mfa-devices']),
        }
      : {}),
  });
}

function permissionMissing(refusal: AwsRefusal, site: CallSite): FedctlError {
  const permission = deniedAction(refusal) ?? `iam:${site.action}`;
  return refused('iam.permission-missing', refusal, site, {
    message: `${callerOf(refusal, site)} is not allowed to call ${permission}${reasonOf(refusal)}.`,
    remedy: `An administrator of the account must allow ${permission} on Resource "*" in a policy of the principal.`,
  });
}

function mintDenied(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (/federated user/i.test(refusal.message)) {
    return refused('sts.federated-user', refusal, site, {
      message: 'A federated user (GetFederationToken) cannot mint tokens.',
    });
  }
  if (deniedAction(refusal) === 'sts:TagGetWebIdentityToken') {
    return refused('sts.tag-denied', refusal, site, {
      message: `${callerOf(refusal, site)} can mint tokens in ${site.region}, but not with tags${reasonOf(refusal)}.`,
    });
  }
  return refused('sts.mint-denied', refusal, site, {
    message: `${callerOf(refusal, site)} is not allowed to mint this token in ${site.region}${reasonOf(refusal)}.`,
  });
}

function sessionTokenDenied(refusal: AwsRefusal, site: CallSite): FedctlError {
  if (site.credentials?.sessionToken === null) return plainlyDenied(refusal, site);
  return refused('sts.session-credentials', refusal, site, {
    message: `GetSessionToken requires long-term credentials, but the credentials from ${site.credentials?.providerDetail} belong to a session.`,
  });
}

function plainlyDenied(refusal: AwsRefusal, site: CallSite): FedctlError {
  const permission = deniedAction(refusal) ?? `${site.service.toLowerCase()}:${site.action}`;
  return refused('aws.access-denied', refusal, site, {
    message: `${whereOf(site)} denied ${permission} to ${lowerFirst(callerOf(refusal, site))}${reasonOf(refusal)}.`,
    remedy: `An administrator of the account must allow ${permission}.`,
  });
}

/**
 * Returns the ARN of the principal from the AWS error message. If the message contains no ARN, returns a
 * phrase that contains the ID of the access key that signed the call.
 */
function callerOf({ message }: AwsRefusal, { credentials }: CallSite): string {
  const named = /\bUser: (arn:[^\s]+)/.exec(message)?.[1];
  if (named !== undefined) return named;
  return credentials === null
    ? 'This principal'
    : `The principal of the access key ${credentials.accessKeyId}`;
}

function lowerFirst(text: string): string {
  return text.replace(/^T/, 't');
}

function roleOf({ roleArn }: CallSite): string {
  return roleArn === null ? 'the role' : `the role ${roleArn}`;
}

/**
 * Returns the advice to check the trust policy, which controls who can assume the role. The suggested command
 * contains the name of the role without the path, because GetRole does not accept a path.
 */
function trustPolicy({ roleArn }: CallSite): Partial<FailureFacts> {
  const name = roleArn?.split('/').at(-1);
  return name === undefined || name === ''
    ? {}
    : {
        remedy: 'Check the trust policy of the role. The policy must allow this principal.',
        command: aws(['iam', 'get-role', '--role-name', name, '--query', 'Role.AssumeRolePolicyDocument']),
      };
}

function deniedAction({ message }: AwsRefusal): string | null {
  return /not authorized to perform: ([a-z]+:[A-Za-z]+)/.exec(message)?.[1] ?? null;
}

/**
 * Returns the reason from the AWS error message, such as `, because no …` or `, with an explicit deny …`.
 * Returns an empty string if the message contains no reason.
 */
function reasonOf({ message }: AwsRefusal): string {
  const reason =
    /\b(with an explicit deny in [^.]*)/.exec(message)?.[1] ?? /\b(because no [^.]*)/.exec(message)?.[1];
  return reason === undefined ? '' : `, ${reason.trim()}`;
}
