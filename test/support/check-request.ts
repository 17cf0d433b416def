import type { CheckRequest } from '../../src/lib/check/run.ts';
import type { World } from '../../src/lib/check/world.ts';
import { target } from './check-target.ts';

/** The default options of a check, without the Atlas API. */
export const CHECK_OPTIONS: World['options'] = {
  aws: { timeoutMs: 1000 },
  timeoutMs: 1000,
  atlas: null,
  atlasProject: null,
  warnExpiryMs: null,
  negative: false,
  soakMs: null,
};

/** A request for every check of one target, with the changes of a test. */
export function checkRequest(changes: Partial<CheckRequest> = {}): CheckRequest {
  return {
    targets: [target()],
    options: CHECK_OPTIONS,
    only: [],
    skip: [],
    concurrency: 8,
    retries: 0,
    waitMs: 0,
    failOn: 'fail',
    offer: () => null,
    ...changes,
  };
}
