/** The years 0000 to 9999: RFC 3339 can write nothing earlier or later. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/**
 * Reads a NumericDate (RFC 7519, section 2): seconds since 1970, fractions allowed, negative before.
 *
 * @returns null for what is no such number
 */
export function numericDate(value: unknown): Date | null {
  const isTime = typeof value === 'number' && value >= MIN_SECONDS && value <= MAX_SECONDS;
  return isTime ? new Date(value * 1000) : null;
}
