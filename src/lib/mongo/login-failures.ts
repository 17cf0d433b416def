import { rerun } from '../core/command-line.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { rfc3339 } from '../core/time.ts';
import type { MintedToken } from '../core/token.ts';
import type { FailureCode } from '../failures/failures.ts';
import type { LoginKeys, Mechanism } from '../ports/mongo.ts';
import type { Presented } from './presented.ts';
import {
  answerText,
  isNetworkEnd,
  isNetworkTimeout,
  isStrange,
  ownFailure,
  serverAnswer,
} from './server-failures.ts';

/** Server error codes for a failed login (facts/mongodb.md 1.2). */
const REFUSED = 18;
const ATLAS = 8000;
const UNAVAILABLE = 334;

/**
 * Returns the failure for a failed authentication. The server returns few details about the reason.
 * Therefore, the failure shows the parts of the credential, and the settings that must match these parts.
 *
 * @param presented the credential that was sent; null if the driver failed before it requested a token or
 * keys
 */
export function authenticationFailure(
  error: unknown,
  mechanism: Mechanism,
  presented: Presented | null,
  now: Date,
): FedctlError {
  const own = ownFailure(error);
  if (own !== null) return own;
  const failed = (code: FailureCode, message: string) => {
    const evidence = presented === null ? [] : evidenceOf(presented, now);
    return new FedctlError(code, {
      message,
      details: evidence.length === 0 ? {} : { evidence },
      cause: error,
    });
  };
  const answer = serverAnswer(error);
  if (answer === null) return brokenLogin(error, mechanism);
  const said = `gave only the reason "${answer.text}" (${answer.code})`;
  switch (answer.code) {
    case REFUSED:
      return mechanism === 'MONGODB-OIDC'
        ? failed('mongo.oidc-refused', `The server rejected the token and ${said}.`)
        : withUserToEnter(
            failed('mongo.aws-refused', `The server rejected the AWS credentials and ${said}.`),
            presented,
          );
    case ATLAS:
      return failed('mongo.atlas-auth-error', `Atlas rejected the login and ${said}.`);
    case UNAVAILABLE:
      return unavailable(error, mechanism, answer.text);
    default:
      return failed('mongo.auth-failed', `The login failed: ${answerText(answer)}.`);
  }
}

/** Adds the name of the required database user, as it must be entered in Atlas, to the failure. */
function withUserToEnter(failure: FedctlError, presented: Presented | null): FedctlError {
  const user = presented?.mechanism === 'MONGODB-AWS' ? presented.keys.databaseUser : null;
  if (user === null) return failure;
  const { command } = failure;
  return failure.with({
    command,
    remedy: `Create the database user ${user.username} in Atlas, with the authentication method AWS IAM and the type ${user.awsIAMType}, or correct the existing user.`,
  });
}

/** Returns the failure for a login that ended with a lost connection or an invalid response. */
function brokenLogin(error: unknown, mechanism: Mechanism): FedctlError {
  const failed = (code: FailureCode, message: string) => new FedctlError(code, { message, cause: error });
  if (isNetworkTimeout(error))
    return failed('mongo.auth-timeout', 'The server did not respond to the login in time.');
  if (isNetworkEnd(error)) {
    return failed('mongo.auth-interrupted', 'The server closed the connection during the login.');
  }
  // For MONGODB-AWS, all other driver errors are caused by an invalid nonce or host in the response to
  // saslStart (facts/mongodb.md 2.1).
  return mechanism === 'MONGODB-AWS' && !isStrange(error)
    ? failed('mongo.server-nonce-invalid', 'The server responded to the login with an invalid nonce or host.')
    : new FedctlError('mongo.auth-interrupted', {
        message:
          'The server responded to the login with data that does not follow the MongoDB wire protocol.',
        likelyCause:
          'A network device changes the responses from the server, or responds instead of the server.',
        cause: error,
      });
}

function unavailable(error: unknown, mechanism: Mechanism, text: string): FedctlError {
  return new FedctlError('mongo.mechanism-unavailable', {
    message: `The server does not offer ${mechanism}: ${text}.`,
    ...(mechanism === 'MONGODB-AWS'
      ? {
          likelyCause: 'MONGODB-AWS requires Atlas, or MongoDB Enterprise with the mechanism enabled.',
          remedy: 'Log in with a token, or use another cluster.',
          command: rerun({ set: { '--mechanism': 'oidc' } }),
        }
      : {}),
    cause: error,
  });
}

/**
 * Returns lines of text that show the parts of the credential, and the settings that must match these parts.
 * The lines contain no secrets.
 */
export function evidenceOf(presented: Presented, now: Date): string[] {
  return presented.mechanism === 'MONGODB-OIDC'
    ? tokenEvidence(presented.token, now)
    : arnEvidence(presented.keys);
}

/** Returns lines for the claims and header parameters that the server checks (facts/mongodb.md 1.6 and 6). */
function tokenEvidence(token: MintedToken, now: Date): string[] {
  const left = (token.expiresAt.getTime() - now.getTime()) / 1000;
  const expiry = left > 0 ? `in ${formatDuration(left)}` : `EXPIRED ${formatDuration(left)} ago`;
  const weak = token.algorithm === 'RS256' ? '' : '   MongoDB 7.0 and 8.0 accept RS256 only';
  return [
    `iss  ${token.issuer}`,
    '     must be identical to the issuer URI of the identity provider',
    `aud  ${token.audience.join(', ')}`,
    '     must be the audience of the identity provider',
    `sub  ${token.subject}`,
    `     requires the database user <idpId>/${token.subject} in $external`,
    `exp  ${rfc3339(token.expiresAt)} (${expiry})`,
    `alg  ${token.algorithm}${weak}`,
    `kid  ${token.keyId ?? '(none)'}`,
    '     must be in the key set that the issuer publishes',
    '     the identity provider must be connected to the organization of the cluster',
  ];
}

/**
 * The server converts the ARN of a role session to the ARN of the role without its path (facts/mongodb.md 2.5).
 */
function arnEvidence({ arn, databaseUser, accessKeyId, providerDetail }: LoginKeys): string[] {
  if (arn === null)
    return [
      `key  ${accessKeyId}, from ${providerDetail}; its principal is unknown, because STS is unreachable`,
    ];
  if (databaseUser === null)
    return [`arn  ${arn}`, '     Atlas has no type of database user for this principal'];
  const { username, awsIAMType } = databaseUser;
  // The lines do not contain the session ARN, because users often enter the session ARN in Atlas by mistake.
  return [
    `arn  ${username}`,
    `     requires a database user with this name in $external, AWS IAM type ${awsIAMType}`,
    ...(awsIAMType === 'ROLE'
      ? ['     the server cannot see the path of a role: use a role without a path']
      : []),
  ];
}
