import { authorizeToken } from './authorize.ts';
import { accessDenied } from './aws-error.ts';
import type { FindIssuerKeys } from './foreign-issuer.ts';
import type { LabRole } from './identities.ts';
import { proveIdentity, type WebIdentity } from './identity-token.ts';
import type { QueryParameters } from './query.ts';
import { commonKeys } from './request-keys.ts';
import { readRoleInput } from './role-input.ts';
import type { Outcome, UnsignedAction, UnsignedCall } from './service.ts';
import {
  assumedRoleXml,
  credentialsXml,
  packedSizeXml,
  refuseOverMaximum,
  sessionReason,
} from './session.ts';
import { LIMITS } from './validation.ts';
import type { AwsWorld } from './world.ts';

/**
 * Returns role credentials for a token from an external issuer. The token is the only credential, because the
 * request is not signed (facts/aws.md 6).
 */
export function assumeRoleWithWebIdentity(findKeys: FindIssuerKeys): UnsignedAction {
  return async ({ world, parameters, now }: UnsignedCall): Promise<Outcome> => {
    const input = readInput(parameters);
    const account = world.accounts.find(({ id }) => input.roleArn.startsWith(`arn:aws:iam::${id}:role/`));
    const ownIssuers = world.accounts.map(({ issuer }) => issuer);
    const identity = await proveIdentity(input.token, { account, ownIssuers, findKeys, now });
    const role = trustingRole(input, world, now, identity);
    refuseOverMaximum(input.seconds, role);
    const packedSize = packedSizeXml(parameters.text('Policy'), {});
    const session = world.createSession({
      principal: role,
      sessionName: input.sessionName,
      expiresAt: new Date(now.getTime() + input.seconds * 1000),
      federatedProvider: identity.provider.arn,
      policies: input.policies,
      minimumTokenSize: input.minimumTokenSize,
    });
    return {
      result: [
        ['SubjectFromWebIdentityToken', identity.subject],
        ['Audience', identity.audience],
        assumedRoleXml(role, input.sessionName),
        credentialsXml(session),
        ['Provider', identity.provider.arn],
        ...packedSize,
      ],
      reason: `${sessionReason(session)}, for ${shownSubject(identity)} of ${identity.provider.issuer} (${identity.evidence})`,
    };
  };
}

type Input = ReturnType<typeof readInput>;

function readInput(parameters: QueryParameters) {
  return readRoleInput(parameters, (validation) => {
    const token = parameters.text('WebIdentityToken');
    validation.requiredSecret(token, 'webIdentityToken', LIMITS.WEB_IDENTITY_TOKEN);
    return { token: token ?? '' };
  });
}

/** Returns the role if its trust policy accepts the token. As in AWS, all failures cause the same message. */
function trustingRole(
  { roleArn, sessionName }: Input,
  world: AwsWorld,
  now: Date,
  identity: WebIdentity,
): LabRole {
  const refuse = (reason: string) =>
    accessDenied(
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      `${identity.evidence}: ${reason}`,
    );
  const role = world.roles.find(({ arn }) => arn === roleArn);
  if (role === undefined) throw refuse(`the role ${roleArn} does not exist`);
  const decision = authorizeToken(role, identity, {
    'sts:RoleSessionName': sessionName,
    ...commonKeys(now),
  });
  if (!decision.allowed) throw refuse(decision.reason);
  return role;
}

function shownSubject({ subject }: WebIdentity): string {
  return `"${subject.slice(0, 200)}"`;
}
