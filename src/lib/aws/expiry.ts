const TIME =
  /^(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(?:Z|UTC|GMT|([+-]\d\d):?(\d\d)?)?$/i;

/**
 * Parses the expiration time of credentials. Accepts RFC 3339 and the variants that AWS tools and caches
 * write, such as `2036-01-01T00:00:00UTC`. A time without a time zone is parsed as UTC, because some tools
 * omit the Z.
 *
 * @returns the time; null if the text is not a valid time
 */
export function readExpiry(text: string): Date | null {
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '0', zone = '+00', zoneMinute = '00'] =
    match;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const time = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}:${zoneMinute}`,
  );
  return Number.isNaN(time.getTime()) ? null : time;
}
