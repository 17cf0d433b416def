import { isRecord } from '../../lib/core/record.ts';
import type { NamedPolicy } from '../../lib/policy/document.ts';
import { faultText } from '../../lib/policy/faults.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { AwsError } from './aws-error.ts';
import type { QueryParameters } from './query.ts';

/**
 * Reads the session policy in the parameter `Policy`. Returns null if the request has no session policy. For an
 * invalid policy, the lab's message contains neither the position nor the cause of the error, but the lab's log
 * contains both. The lab's message was not compared with the message of AWS.
 *
 * @throws AwsError MalformedPolicyDocument
 */
export function readSessionPolicy(parameters: QueryParameters): readonly NamedPolicy[] | null {
  const text = parameters.text('Policy');
  if (text === undefined) return null;
  const parsed = parsePolicy(readJson(text), 'permissions');
  if (!parsed.ok) throw malformed('Syntax errors in policy.', parsed.faults.map(faultText).join('; '));
  return [{ name: 'Policy', document: parsed.document }];
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // The statement after this block reports invalid JSON, and also JSON that is not an object.
  }
  throw malformed('This policy contains invalid Json', 'the policy is not a JSON object');
}

function malformed(message: string, reason: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, message, reason);
}
