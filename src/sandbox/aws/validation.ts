import { AwsError, invalidParameterValue, validationError } from './aws-error.ts';
import type { Tag } from './query.ts';

interface TextLimits {
  readonly min: number;
  readonly max: number;
  /** The pattern, as AWS messages show it. The pattern must match the complete value. */
  readonly pattern?: string;
}

const SESSION_NAME: TextLimits = { min: 2, max: 64, pattern: '[\\w+=,.@-]*' };
const EXTERNAL_ID: TextLimits = { min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' };
const ROLE_ARN: TextLimits = { min: 20, max: 2048 };
const FEDERATED_NAME: TextLimits = { min: 2, max: 32, pattern: '[\\w+=,.@-]*' };
const SESSION_POLICY: TextLimits = { min: 1, max: 2048 };
const MFA_SERIAL: TextLimits = { min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' };
const MFA_CODE: TextLimits = { min: 6, max: 6, pattern: '[\\d]*' };
const WEB_IDENTITY_TOKEN: TextLimits = { min: 4, max: 20_000 };
const TAG_KEY: TextLimits = { min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' };
const TAG_VALUE: TextLimits = { min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' };

export const LIMITS = {
  SESSION_NAME,
  EXTERNAL_ID,
  ROLE_ARN,
  FEDERATED_NAME,
  SESSION_POLICY,
  MFA_SERIAL,
  MFA_CODE,
  WEB_IDENTITY_TOKEN,
} as const;
const MOST_TAGS = 50;
const HIDDEN = "'***Sensitive***'";

/** Validates parameters as AWS does. Collects all errors and reports them in one message. */
export class Validation {
  readonly #faults: string[] = [];

  required(value: string | undefined, at: string, limits: TextLimits): void {
    if (value === undefined) this.fault('null', at, 'Member must not be null');
    else this.optional(value, at, limits);
  }

  optional(value: string | undefined, at: string, { min, max, pattern }: TextLimits): void {
    if (value === undefined) return;
    const shown = `'${value}'`;
    const length = characters(value);
    if (length > max) this.fault(shown, at, `Member must have length less than or equal to ${max}`);
    if (length < min) this.fault(shown, at, `Member must have length greater than or equal to ${min}`);
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, patternFlags(pattern)).test(value)) {
      this.fault(shown, at, `Member must satisfy regular expression pattern: ${pattern}`);
    }
  }

  /** Validates a secret value. As in AWS, messages do not contain the value. */
  requiredSecret(value: string | undefined, at: string, { min, max }: TextLimits): void {
    if (value === undefined) {
      this.fault('null', at, 'Member must not be null');
      return;
    }
    const length = characters(value);
    if (length > max) this.fault(HIDDEN, at, `Member must have length less than or equal to ${max}`);
    if (length < min) this.fault(HIDDEN, at, `Member must have length greater than or equal to ${min}`);
  }

  /** @returns the number; undefined if the parameter is absent */
  integer(
    value: string | undefined,
    at: string,
    { min, max }: { readonly min: number; readonly max: number },
  ): number | undefined {
    if (value === undefined) return undefined;
    if (!/^-?\d{1,10}$/.test(value)) {
      throw new AwsError('MalformedInput', 400, `Could not parse '${value}' at '${at}' as an integer`);
    }
    const number = Number(value);
    const shown = `'${number}'`;
    if (number > max) this.fault(shown, at, `Member must have value less than or equal to ${max}`);
    if (number < min) this.fault(shown, at, `Member must have value greater than or equal to ${min}`);
    return number;
  }

  /**
   * Validates a required list. The list can contain at most `most` strings, each with `min` to `max`
   * characters.
   */
  texts(values: readonly string[] | undefined, at: string, most: number, { min, max }: TextLimits): void {
    if (values === undefined) {
      this.fault('null', at, 'Member must not be null');
      return;
    }
    const shown = `'[${values.join(', ')}]'`;
    if (values.length > most) this.fault(shown, at, `Member must have length less than or equal to ${most}`);
    if (values.some((value) => characters(value) < min || characters(value) > max)) {
      this.fault(
        shown,
        at,
        `Member must satisfy constraint: [Member must have length less than or equal to ${max}, ` +
          `Member must have length greater than or equal to ${min}]`,
      );
    }
  }

  tags(tags: readonly Tag[]): void {
    if (tags.length > MOST_TAGS) {
      const shown = tags.map(({ key, value }) => `Tag(key=${key}, value=${value})`).join(', ');
      this.fault(`'[${shown}]'`, 'tags', `Member must have length less than or equal to ${MOST_TAGS}`);
      return;
    }
    for (const [index, { key, value }] of tags.entries()) {
      this.required(key, `tags.${index + 1}.member.key`, TAG_KEY);
      this.required(value, `tags.${index + 1}.member.value`, TAG_VALUE);
    }
  }

  fault(shown: string, at: string, constraint: string): void {
    this.#faults.push(`Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`);
  }

  /** @throws AwsError ValidationError with every error */
  finish(): void {
    const { length } = this.#faults;
    if (length === 0) return;
    throw validationError(
      `${length} validation error${length === 1 ? '' : 's'} detected: ${this.#faults.join('; ')}`,
    );
  }
}

/** @throws AwsError InvalidParameterValue if two keys are equal or differ only in case */
export function refuseDuplicateTagKeys(tags: readonly Tag[]): void {
  const keys = new Set(tags.map(({ key }) => key?.toLowerCase()));
  if (keys.size < tags.length) {
    throw invalidParameterValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
}

/** Counts Unicode characters, as AWS does for its limits. */
function characters(text: string): number {
  return Array.from(text).length;
}

/** Returns the flag `u` if the pattern contains `\p{`, because this escape requires the flag. */
function patternFlags(pattern: string): string {
  return pattern.includes('\\p{') ? 'u' : '';
}
