/** The furthest time a Date can hold, in seconds. */
const MAX_SECONDS = 8.64e12;

/** Reads a NumericDate (RFC 7519, section 2: seconds, fractions allowed); null for what is no such number. */
export function numericDate(value: unknown): Date | null {
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_SECONDS)) return null;
  return new Date(value * 1000);
}
