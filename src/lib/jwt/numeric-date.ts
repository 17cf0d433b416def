/** The years 0000 to 9999, the range of RFC 3339. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/**
 * Parses a NumericDate (RFC 7519, section 2): seconds since 1970. Fractions are allowed. Times before 1970
 * are negative.
 *
 * @returns null for any other value
 */
export function numericDate(value: unknown): Date | null {
  const isTime = typeof value === 'number' && value >= MIN_SECONDS && value <= MAX_SECONDS;
  return isTime ? new Date(value * 1000) : null;
}
