import type { NamedPolicy } from '../../lib/policy/document.ts';
import { invalidParameterValue, validationError } from './aws-error.ts';
import type { QueryParameters } from './query.ts';
import { sessionSeconds, sessionTokenSize } from './session.ts';
import { readSessionPolicy } from './session-policy.ts';
import { LIMITS, Validation } from './validation.ts';

export const ONE_HOUR = 3600;
const TWELVE_HOURS = 43_200;

/** The parameters that are common to all actions that assume a role. */
export interface RoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly minimumTokenSize: number;
  readonly policies: readonly NamedPolicy[] | null;
}

/**
 * Reads the parameters of AssumeRole and similar actions. Reports all errors together.
 *
 * @param readOwn reads the additional parameters of an action
 * @throws AwsError ValidationError with every error; InvalidParameterValue for parameters that the lab does
 * not support
 */
export function readRoleInput<Own extends object>(
  parameters: QueryParameters,
  readOwn: (validation: Validation) => Own,
): RoleInput & Own {
  const validation = new Validation();
  const roleArn = parameters.text('RoleArn') ?? '';
  const sessionName = parameters.text('RoleSessionName') ?? '';
  validation.required(parameters.text('RoleArn'), 'roleArn', LIMITS.ROLE_ARN);
  validation.required(parameters.text('RoleSessionName'), 'roleSessionName', LIMITS.SESSION_NAME);
  const own = readOwn(validation);
  validation.optional(parameters.text('Policy'), 'policy', LIMITS.SESSION_POLICY);
  const seconds = sessionSeconds(parameters, validation, TWELVE_HOURS) ?? ONE_HOUR;
  const minimumTokenSize = sessionTokenSize(parameters, validation);
  validation.finish();
  refuseUnplayed(parameters);
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) throw validationError(`${roleArn} is invalid`);
  const policies = readSessionPolicy(parameters);
  return { roleArn, sessionName, seconds, minimumTokenSize, policies, ...own };
}

/**
 * Rejects managed session policies and provided contexts, which the lab does not support. If the lab ignored a
 * policy, the session would have more permissions than requested.
 */
function refuseUnplayed(parameters: QueryParameters): void {
  const given = ['PolicyArns.member.1.arn', 'ProvidedContexts.member.1.ProviderArn'].find(
    (name) => parameters.text(name) !== undefined,
  );
  if (given === undefined) return;
  throw invalidParameterValue(`The fedctl lab does not evaluate ${given.split('.')[0]} yet.`);
}
