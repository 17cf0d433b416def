/**
 * An error response from AWS. The lab's STS and IAM throw this error. `answerQuery` converts the error to a
 * response.
 */
export class AwsError extends Error {
  /** The `<Code>` in the response. SDKs can use a different name for the error (facts/aws.md 0.1). */
  readonly code: string;
  readonly status: number;
  /** The actual reason for the error (default: the message). Used only in the lab's log. */
  readonly reason: string;

  constructor(code: string, status: number, message: string, reason: string = message) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.reason = reason;
  }
}

/** Creates the error AccessDenied with status 403. */
export function accessDenied(message: string, reason?: string): AwsError {
  return new AwsError('AccessDenied', 403, message, reason);
}

/** Creates the error ValidationError with status 400. */
export function validationError(message: string, reason?: string): AwsError {
  return new AwsError('ValidationError', 400, message, reason);
}

/** Creates the error InvalidParameterValue with status 400. */
export function invalidParameterValue(message: string, reason?: string): AwsError {
  return new AwsError('InvalidParameterValue', 400, message, reason);
}
