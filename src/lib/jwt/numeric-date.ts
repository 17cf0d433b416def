/** The years 0000 to 9999, the range of RFC 3339. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/**
 * Reads a NumericDate (RFC 7519, section 2): seconds since 1970, fractions allowed, negative before.
 *
 * @returns null for anything else
 */
export function numericDate(value: unknown): Date | null {
  const isTime = typeof value === 'number' && value >= MIN_SECONDS && value <= MAX_SECONDS;
  return isTime ? new Date(value * 1000) : null;
}
