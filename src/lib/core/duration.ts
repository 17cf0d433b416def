const UNIT_SECONDS = { s: 1, m: 60, h: 3600 } as const;

/**
 * Parses a whole number with or without a unit, such as `90`, `90s`, `5m` or `1h`. The default unit is
 * seconds.
 *
 * @returns the duration in seconds; null if the text is not a duration
 */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(s|m|h)?$/.exec(text.trim());
  if (match?.[1] === undefined) return null;
  return Number(match[1]) * UNIT_SECONDS[(match[2] ?? 's') as keyof typeof UNIT_SECONDS];
}

/**
 * Formats a duration for people: `45 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`.
 *
 * @param seconds a negative number is formatted like its absolute value
 */
export function formatDuration(seconds: number): string {
  const whole = Math.abs(Math.round(seconds));
  const units: readonly [number, string][] = [
    [Math.floor(whole / 86400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
