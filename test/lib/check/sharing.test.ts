import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/lib/check/catalogue.ts';
import type { Facts } from '../../../src/lib/check/check.ts';
import { planCheck } from '../../../src/lib/check/run.ts';
import { SharedOutcomes } from '../../../src/lib/check/shared.ts';
import type { CheckTarget } from '../../../src/lib/core/check-target.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { checkRequest } from '../../support/check-request.ts';
import { target } from '../../support/check-target.ts';
import { memoryContext } from '../../support/memory-context.ts';

const CONTEXT = { env: {}, pid: 1 };

const REQUEST = checkRequest();

describe('what targets of the catalogue share', () => {
  /** Whether two targets would share what a check finds out. */
  function shares(id: string, ...changes: readonly [Partial<CheckTarget>, Partial<CheckTarget>]): boolean {
    const one = CATALOGUE.find((each) => each.id === id);
    const [first, second] = changes.map((each) => {
      const plan = planCheck(CONTEXT, { ...REQUEST, targets: [target({ ...TARGET, ...each })] });
      const [planned] = plan.targets;
      if (planned === undefined) throw new Error('nothing is planned');
      const context = memoryContext();
      const world = { context, options: plan.request.options, ...planned, ...NOTHING_SHARED };
      return one?.sharedBy?.(world, NO_FACTS) ?? null;
    });
    return first !== null && first === second;
  }

  const TARGET = { uri: parseConnectionString('mongodb+srv://prod.abcde.mongodb.net/'), audience: 'a' };
  const NOTHING_SHARED = {
    shared: new SharedOutcomes(),
    logins: new Map(),
    held: () => {},
    offer: () => null,
  };
  const NO_FACTS: Facts = {
    of: () => null,
    needed: () => {
      throw new Error('there are no facts');
    },
    when: async () => null,
    resultOf: () => null,
    failureOf: () => null,
  };

  test.each([
    ['sts.mint', {}, { uri: null }, true],
    ['sts.mint', {}, { audience: 'b' }, false],
    ['sts.mint', {}, { signingAlgorithm: 'ES384' }, false],
    ['sts.mint', {}, { durationSeconds: 60 }, false],
    ['sts.mint', {}, { profile: 'other' }, false],
    ['sts.mint', {}, { region: 'eu-west-1' }, false],
    ['aws.identity', {}, { audience: 'b' }, true],
    ['atlas.cluster', {}, { audience: 'b' }, true],
    ['atlas.cluster', {}, { mechanism: 'aws' }, false],
    ['atlas.cluster', {}, { atlasProject: 'p' }, false],
    ['atlas.api', { atlasProject: 'p' }, { atlasProject: 'p', mechanism: 'aws' }, true],
    ['atlas.api', { atlasProject: 'p' }, { atlasProject: 'q' }, false],
    ['sts.foreign-audience', {}, { audience: 'b' }, true],
    ['sts.foreign-audience', {}, { signingAlgorithm: 'ES384' }, false],
    ['sts.second-audience', {}, { audience: 'b' }, false],
    ['mongo.hello', {}, {}, false],
  ] as const)('%s of %j and %j: %s', (id, first, second, expected) => {
    expect(shares(id, first, second)).toBe(expected);
  });
});
