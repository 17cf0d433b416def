import { SharedOutcomes } from '../../src/lib/check/shared.ts';
import type { World } from '../../src/lib/check/world.ts';
import { CHECK_OPTIONS } from './check-request.ts';
import { target } from './check-target.ts';
import { memoryContext } from './memory-context.ts';

/** The environment of a check of an empty target, with the changes of a test. */
export function checkWorld(changes: Partial<World> = {}): World {
  return {
    context: memoryContext(),
    options: CHECK_OPTIONS,
    target: target(),
    plan: {
      database: null,
      mechanisms: ['MONGODB-OIDC'],
      mint: null,
      usesToken: true,
      usesAws: true,
      warnings: [],
    },
    shared: new SharedOutcomes(),
    logins: new Map(),
    held: () => {},
    offer: () => null,
    ...changes,
  };
}
