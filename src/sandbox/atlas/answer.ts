import type { HttpAnswer } from '../aws/loopback-server.ts';

/** The headers that Atlas sends with every response (facts/mongodb.md 7.2). */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  server: 'mdbws',
  'strict-transport-security': 'max-age=31536000; includeSubdomains;',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  410: 'Gone',
  429: 'Too Many Requests',
};

/**
 * An API error, with the fields of the JSON response body (facts/mongodb.md 7.4). The API converts every
 * ApiFailure to a response.
 */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly errorCode: string;
  readonly parameters: readonly string[] | null;
  /** The invalid fields in the request, each with a description of the error. */
  readonly fields: readonly (readonly [field: string, description: string])[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorCode: string,
    detail: string,
    more: Partial<Pick<ApiFailure, 'parameters' | 'fields' | 'headers'>> = {},
  ) {
    super(detail);
    this.status = status;
    this.errorCode = errorCode;
    this.parameters = more.parameters ?? [];
    this.fields = more.fields ?? [];
    this.headers = more.headers ?? {};
  }

  /** Returns the response body with keys in alphabetical order, as recorded from Atlas. */
  toDocument(): object {
    const badRequestDetail =
      this.fields.length === 0
        ? {}
        : {
            badRequestDetail: { fields: this.fields.map(([field, description]) => ({ description, field })) },
          };
    return {
      ...badRequestDetail,
      detail: this.message,
      error: this.status,
      errorCode: this.errorCode,
      parameters: this.parameters,
      reason: REASONS[this.status] ?? 'Error',
    };
  }

  toAnswer(): HttpAnswer {
    return {
      status: this.status,
      headers: {
        ...COMMON_HEADERS,
        'content-type': 'application/json',
        'x-error-code': this.errorCode,
        ...this.headers,
      },
      body: JSON.stringify(this.toDocument()),
    };
  }
}

/**
 * Creates the error for a missing resource. The format was recorded from Atlas for an online archive: `Cannot
 * find resource Online archive with id …`. The codes for other resources are unverified.
 */
export function notFound(what: string): ApiFailure {
  return new ApiFailure(404, 'RESOURCE_NOT_FOUND', `Cannot find resource ${what}.`, { parameters: [what] });
}

/**
 * Creates the error for an invalid query parameter. The code is known from public issues; the wording is
 * unverified.
 */
export function invalidParameter(field: string, description: string): ApiFailure {
  return new ApiFailure(
    400,
    'VALIDATION_ERROR',
    `Invalid value for the query parameter ${field}: ${description}`,
    {
      parameters: [field],
      fields: [[field, description]],
    },
  );
}
