import { z } from 'zod';

interface Described {
  readonly description: string;
  /** For editors only; what counts is `fault`. */
  readonly pattern?: string;
  readonly examples?: readonly string[];
}

/** A key of a configuration that holds a text. `fault` says what is wrong with one, or null. */
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
