/**
 * An error response from AWS. The lab's STS and IAM throw this error. The dispatcher of both services
 * converts the error to a response.
 */
export class AwsError extends Error {
  /** The `<Code>` in the response. SDKs can use a different name for the error (facts/aws.md 0.1). */
  readonly code: string;
  readonly status: number;
  /**
   * The actual reason for the error, if the message does not contain this reason. Used only in the lab's log.
   */
  readonly reason: string;

  constructor(code: string, status: number, message: string, reason: string = message) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.reason = reason;
  }
}

/** 403 AccessDenied. */
export function accessDenied(message: string, reason?: string): AwsError {
  return new AwsError('AccessDenied', 403, message, reason);
}

/** 400 ValidationError. */
export function validationError(message: string, reason?: string): AwsError {
  return new AwsError('ValidationError', 400, message, reason);
}

/** 400 InvalidParameterValue. */
export function invalidParameterValue(message: string, reason?: string): AwsError {
  return new AwsError('InvalidParameterValue', 400, message, reason);
}
