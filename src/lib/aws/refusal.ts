import type { OfferedCommand } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';
import { type CallSite, siteDetails } from './call-site.ts';

/** What AWS said when it refused, freed from how the SDK wraps it (facts/aws.md 9.4). */
export interface AwsRefusal {
  /** For comparing: without the suffix `Exception`, which documents, wire and SDK use differently (0.1). */
  readonly code: string;
  /** As AWS sent it: what people search for. */
  readonly wireCode: string;
  /** AWS's own sentence, fit for a terminal. */
  readonly message: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly error: Error;
}

/** What the SDK calls an answer without a code of the service, by its status alone. */
const MADE_UP: ReadonlySet<string> = new Set(['Unknown', 'NotFound']);

/** What the error of an SDK client says, or null when it is no answer of the service. */
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

/** A code of AWS without the suffix that only some of its spellings have. */
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

/** A failure that AWS itself told, with its sentence as evidence. */
export function refused(
  code: FailureCode,
  refusal: AwsRefusal,
  site: CallSite,
  facts: {
    readonly message: string;
    readonly likelyCause?: string;
    readonly remedy?: string;
    readonly command?: OfferedCommand | null;
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
      evidence: [...evidence, `AWS says: ${refusal.wireCode}: ${refusal.message}`],
    },
    requestId: refusal.requestId,
    cause: refusal.error,
  });
}
