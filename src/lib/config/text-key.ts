import { z } from 'zod';

interface Described {
  readonly description: string;
  /**
   * A regular expression for the JSON Schema that editors use. fedctl does not use this pattern,
   * and validates the value with `fault` instead.
   */
  readonly pattern?: string;
  readonly examples?: readonly string[];
}

/**
 * Creates a configuration key with a text value. `fault` returns the error in a value, or null if the value
 * is valid.
 */
export function text(fault: (value: string) => string | null, described: string | Described) {
  const { pattern, ...meta } = typeof described === 'string' ? { description: described } : described;
  return z
    .string()
    .superRefine((value, context) => {
      const message = value === '' ? 'is empty' : fault(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...meta, ...(pattern === undefined ? {} : { pattern }) });
}
