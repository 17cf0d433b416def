/** The end of the year 9999: RFC 3339 can write nothing later. */
const MAX_SECONDS = 253_402_300_799;

/** Reads a NumericDate (RFC 7519, section 2: seconds since 1970, fractions allowed); null for what is no such number. */
export function numericDate(value: unknown): Date | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_SECONDS ? new Date(value * 1000) : null;
}
