import { ApiFailure } from './answer.ts';

/** A version of a resource. All dates have the format `YYYY-MM-DD`. */
export interface ResourceVersion {
  readonly date: string;
  /** From this date, Atlas recommends a newer version. */
  readonly deprecatedOn?: string;
  /** From this date, the version is no longer available. */
  readonly sunsetOn?: string;
}

export interface ResolvedVersion<Version extends ResourceVersion> {
  readonly version: Version;
  /**
   * The response headers. They always contain Content-Type. If the version has `deprecatedOn`, they also
   * contain Deprecation. If the version has `sunsetOn`, they also contain Sunset.
   */
  readonly headers: Readonly<Record<string, string>>;
}

const MEDIA_TYPE = /^application\/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json$/i;

/**
 * Selects a version of a resource for the date in the Accept header: the newest version that is not after
 * this date (facts/mongodb.md 7.2).
 *
 * @throws ApiFailure 406 if the Accept header contains no valid date, or a date before the first version (the
 * code and the wording are unverified); 410 if the version is no longer available
 */
export function resolveVersion<Version extends ResourceVersion>(
  accept: string,
  versions: readonly Version[],
  now: Date,
): ResolvedVersion<Version> {
  const wanted = accept
    .split(',')
    .map((type) => MEDIA_TYPE.exec(type.replace(/;.*$/s, '').trim())?.[1])
    .find((date) => date !== undefined);
  if (wanted === undefined || !isDate(wanted)) {
    throw notAcceptable('The Accept header must name a version: application/vnd.atlas.YYYY-MM-DD+json.');
  }
  const version = versions
    .filter(({ date }) => date <= wanted)
    .sort((left, right) => left.date.localeCompare(right.date))
    .at(-1);
  if (version === undefined) {
    throw notAcceptable(`The version ${wanted} is older than the first version of this resource.`);
  }
  const { deprecatedOn, sunsetOn } = version;
  if (sunsetOn !== undefined && new Date(sunsetOn) <= now) {
    throw new ApiFailure(410, 'VERSION_GONE', `The version ${version.date} of this resource was removed.`, {
      parameters: [version.date],
    });
  }
  return {
    version,
    headers: {
      'content-type': `application/vnd.atlas.${version.date}+json;charset=utf-8`,
      ...(deprecatedOn !== undefined && { deprecation: httpDate(deprecatedOn) }),
      ...(sunsetOn !== undefined && { sunset: httpDate(sunsetOn) }),
    },
  };
}

function isDate(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function notAcceptable(detail: string): ApiFailure {
  return new ApiFailure(406, 'INVALID_VERSION_DATE', detail);
}

/** Formats a date as Atlas does, without a leading zero in the day, for example `Mon, 5 Aug 2024 00:00:00 GMT`. */
function httpDate(date: string): string {
  return new Date(date).toUTCString().replace(/, 0/, ', ');
}
