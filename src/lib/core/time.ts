/** RFC 3339 in UTC with whole seconds: how every document of fedctl writes a time. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Seconds since 1970, floored. */
export function epoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** A time as documents carry it, under two names: `expiresAt` and `expiresAtEpoch`. */
export type TimePair<Name extends string> = Readonly<Record<Name, string> & Record<`${Name}Epoch`, number>>;

export function timePair<Name extends string>(name: Name, date: Date): TimePair<Name> {
  return { [name]: rfc3339(date), [`${name}Epoch`]: epoch(date) } as TimePair<Name>;
}
