/** The first and the last second of the years 0000 to 9999, which RFC 3339 supports. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/**
 * Parses a NumericDate (RFC 7519, section 2), which is a number of seconds since 1970. Fractions are allowed.
 * Times before 1970 are negative.
 *
 * @returns the time; null if the value is not a valid NumericDate
 */
export function numericDate(value: unknown): Date | null {
  const isTime = typeof value === 'number' && value >= MIN_SECONDS && value <= MAX_SECONDS;
  return isTime ? new Date(value * 1000) : null;
}
