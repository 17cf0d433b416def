import { ApiFailure, invalidParameter } from './answer.ts';
import { isTenant } from './cluster-documents.ts';
import type { ResourceCall } from './documents.ts';
import { accessLogDocument } from './documents.ts';
import { readFlag, readInteger } from './listing.ts';
import type { AtlasCluster } from './records.ts';

/** The earliest valid value of `start` and `end`: the beginning of 2008, in milliseconds since 1970. */
const EARLIEST = 1_199_145_600_000;
const MOST_LOGS = 20_000;

/**
 * Returns the logins to a cluster. If the path contains the host name of a process, returns only the logins
 * to this process. The newest login is first. `authResult` filters the logins by result. `start` and `end`
 * (milliseconds since 1970) must be used together. Shared tiers have no access history. The wording of the
 * error that Atlas returns for shared tiers is unverified.
 *
 * @throws ApiFailure 400 for a shared tier or an invalid query
 */
export function accessHistory(call: ResourceCall, cluster: AtlasCluster | null): object {
  if (cluster !== null && isTenant(cluster)) {
    const detail = `The database access history is not available for the tenant cluster ${cluster.name}.`;
    throw new ApiFailure(400, 'UNEXPECTED_ERROR', detail, { parameters: null });
  }
  const { query, params } = call;
  const { start, end } = readPeriod(query);
  const nLogs = readInteger(query, 'nLogs', { fallback: MOST_LOGS, least: 0, most: MOST_LOGS });
  const authResult = readFlag(query, 'authResult');
  const ipAddress = query.get('ipAddress');
  const { hostname = '' } = params;
  const found = call.atlas.accessHistory.filter(
    (login) =>
      (cluster === null
        ? login.hostname === hostname || login.hostname.replace(/:\d+$/, '') === hostname
        : login.cluster === cluster.name) &&
      (authResult === undefined || login.accepted === authResult) &&
      (ipAddress === null || login.ipAddress === ipAddress) &&
      login.at.getTime() >= start &&
      login.at.getTime() <= end,
  );
  return { accessLogs: found.slice(0, nLogs).map((login) => accessLogDocument(call, login)) };
}

function readPeriod(query: URLSearchParams): { readonly start: number; readonly end: number } {
  const bounds = { least: EARLIEST, most: Number.MAX_SAFE_INTEGER };
  if (query.has('start') !== query.has('end')) {
    const [given, missing] = query.has('start') ? ['start', 'end'] : ['end', 'start'];
    throw invalidParameter(missing, `must be given together with ${given}`);
  }
  return {
    start: readInteger(query, 'start', { ...bounds, fallback: EARLIEST }),
    end: readInteger(query, 'end', { ...bounds, fallback: Number.MAX_SAFE_INTEGER }),
  };
}
