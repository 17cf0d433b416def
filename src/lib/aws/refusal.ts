import type { SuggestedCommand } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';
import { type CallSite, siteDetails } from './call-site.ts';

/** An error response from AWS, extracted from the error that the SDK throws (facts/aws.md 9.4). */
export interface AwsRefusal {
  /**
   * The error code without the suffix `Exception`, for comparisons. The documentation, the responses and the
   * SDK use the suffix inconsistently (facts/aws.md 0.1).
   */
  readonly code: string;
  /** The unchanged error code from the response. Users search for this text. */
  readonly wireCode: string;
  /** The AWS error message, limited to 600 characters. */
  readonly message: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly error: Error;
}

/** The error codes that the SDK derives from the HTTP status if a response contains no error code. */
const MADE_UP: ReadonlySet<string> = new Set(['Unknown', 'NotFound']);

/**
 * Extracts the error response of AWS from an error that an SDK client threw. Returns null if the response
 * contains no error code.
 */
export function refusalOf(error: unknown): AwsRefusal | null {
  if (!(error instanceof Error) || !('$fault' in error)) return null;
  if (MADE_UP.has(error.name) && !('Code' in error)) return null;
  const { httpStatusCode, requestId } = metadataOf(error);
  const wireCode = 'Code' in error && typeof error.Code === 'string' ? error.Code : error.name;
  return {
    code: comparable(wireCode),
    wireCode,
    message: error.message.slice(0, 600),
    status: httpStatusCode ?? 0,
    requestId: requestId ?? null,
    error,
  };
}

/**
 * Returns an AWS error code without the suffix `Exception`. AWS writes some codes both with and without this
 * suffix.
 */
export function comparable(wireCode: string): string {
  return wireCode.replace(/Exception$/, '');
}

export interface ResponseMetadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
}

export function metadataOf(error: Error): ResponseMetadata {
  return '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null
    ? error.$metadata
    : {};
}

/** Creates the failure for an error response from AWS, with the AWS error message as evidence. */
export function refused(
  code: FailureCode,
  refusal: AwsRefusal,
  site: CallSite,
  facts: {
    readonly message: string;
    readonly likelyCause?: string;
    readonly remedy?: string;
    readonly command?: SuggestedCommand | null;
    readonly evidence?: readonly string[];
  },
): FedctlError {
  const { evidence = [], ...rest } = facts;
  return new FedctlError(code, {
    ...rest,
    details: {
      ...siteDetails(site),
      awsCode: refusal.wireCode,
      awsMessage: refusal.message,
      status: refusal.status,
      evidence: [...evidence, `AWS response: ${refusal.wireCode}: ${refusal.message}`],
    },
    requestId: refusal.requestId,
    cause: refusal.error,
  });
}
