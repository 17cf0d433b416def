/** Formats a time as RFC 3339 in UTC with whole seconds, the format in all fedctl output. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Returns the seconds since 1970, rounded down. */
export function epoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** Two members of a JSON document that contain the same time, such as `expiresAt` and `expiresAtEpoch`. */
export type TimePair<Name extends string> = Readonly<Record<Name, string> & Record<`${Name}Epoch`, number>>;

export function timePair<Name extends string>(name: Name, date: Date): TimePair<Name> {
  return { [name]: rfc3339(date), [`${name}Epoch`]: epoch(date) } as TimePair<Name>;
}
