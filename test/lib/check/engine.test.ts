import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/lib/check/catalogue.ts';
import { type Check, check } from '../../../src/lib/check/check.ts';
import { runChecks } from '../../../src/lib/check/engine.ts';
import { fail, pass, skip, unseen, warn } from '../../../src/lib/check/outcome.ts';
import { checksFor, selectChecks } from '../../../src/lib/check/selection.ts';
import { SharedOutcomes } from '../../../src/lib/check/shared.ts';
import type { World } from '../../../src/lib/check/world.ts';
import { fedctl, rerun } from '../../../src/lib/core/command-line.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { target } from '../../support/check-target.ts';
import { checkWorld } from '../../support/check-world.ts';
import { memoryContext } from '../../support/memory-context.ts';

const NOTHING: ReadonlySet<Check> = new Set();
const DOWN = new FedctlError('aws.unreachable', { message: 'It is down.' });

type Toy = Partial<Check<unknown>> & Pick<Check, 'id'>;

function toy({ id, ...more }: Toy): Check {
  return check<unknown>({
    id,
    title: `${id} holds`,
    link: 'sts',
    needs: [],
    run: async () => pass(null, null),
    ...more,
  });
}

async function run(checks: readonly Check[], changes: Partial<World> = {}, left = NOTHING) {
  const seen: string[] = [];
  const results = await runChecks(
    { catalogue: checks, picked: null, named: new Set(), left },
    checkWorld(changes),
    ({ id }) => seen.push(id),
  );
  return { results, seen, short: results.map(({ id, status, detail }) => `${id} ${status}: ${detail}`) };
}

describe('a check', () => {
  test('says what it found, whole', async () => {
    const failing = toy({ id: 'a.b', run: async () => fail(DOWN, { notes: ['It was up before.'] }) });
    expect((await run([failing])).results).toEqual([
      {
        id: 'a.b',
        title: 'a.b holds',
        link: 'sts',
        status: 'fail',
        detail: 'It is down.',
        code: 'aws.unreachable',
        cause: DOWN.likelyCause,
        remedy: DOWN.remedy,
        command: null,
        notes: ['It was up before.'],
        comparisons: [],
        startedAt: new Date('2026-11-22T12:00:00Z'),
        ms: 0,
      },
    ]);
  });

  test('that throws one of our failures has failed; anything else is a bug and ends the run', async () => {
    const throwing = toy({
      id: 'a.b',
      run: async () => {
        throw DOWN;
      },
    });
    const buggy = toy({
      id: 'a.c',
      run: async () => {
        throw new TypeError('oops');
      },
    });
    expect((await run([throwing])).short).toEqual(['a.b fail: It is down.']);
    await expect(run([throwing, buggy])).rejects.toThrow(new TypeError('oops'));
  });

  test('shows the evidence that a failure brings, where nothing is compared that says the same', async () => {
    const details = { evidence: ['environment: nothing', 7, 'profile: nothing'] };
    const failure = new FedctlError('aws.credentials-missing', { message: 'None.', details });
    const comparisons = [{ what: 'x', seen: null, expected: [], by: '', matches: true }];
    const alone = toy({ id: 'a.b', run: async () => fail(failure, { notes: ['First.'] }) });
    const compared = toy({ id: 'a.c', run: async () => fail(failure, { notes: ['First.'], comparisons }) });
    expect((await run([alone, compared])).results.map(({ notes }) => notes)).toEqual([
      ['First.', 'environment: nothing', 'profile: nothing'],
      ['First.'],
    ]);
  });

  test('offers the command of its failure as whoever runs it completes it', async () => {
    const command = rerun({ set: { '--region': 'x' } });
    const failure = new FedctlError('aws.region-missing', { message: 'No.', remedy: 'Name it.', command });
    const offer: World['offer'] = (offered, { name }) => `${name}: ${JSON.stringify(offered)}`;
    const [result] = (await run([toy({ id: 'a.b', run: async () => fail(failure) })], { offer })).results;
    expect(result).toMatchObject({
      remedy: 'Name it.',
      command: 'default: {"kind":"rerun","set":{"--region":"x"},"drop":[]}',
    });
  });

  describe('that finds nothing out for want of an input', () => {
    const missing = new FedctlError('usage.missing-uri', { message: 'No URI.' });
    const blind = (unpicked: 'fail' | 'warn' | 'skip') =>
      toy({ id: 'a.blind', run: async () => unseen(missing, unpicked) });
    const shown = async (
      checks: readonly Check[],
      only: readonly string[],
      skipped: readonly string[] = [],
    ) => {
      const selection = selectChecks(checks, only, skipped);
      const results = await runChecks(selection, checkWorld(), () => {});
      return results.map(({ id, status, code, detail }) => `${id} ${status} ${code}: ${detail}`);
    };

    test.each(['fail', 'warn', 'skip'] as const)(
      'is a %s in a whole chain where it says so',
      async (unpicked) => {
        expect(await shown([blind(unpicked)], [])).toEqual([
          `a.blind ${unpicked} usage.missing-uri: No URI.`,
        ]);
      },
    );

    test.each(['fail', 'warn', 'skip'] as const)('fails where it was picked (%s)', async (unpicked) => {
      expect(await shown([blind(unpicked)], ['a.blind'])).toEqual([
        'a.blind fail usage.missing-uri: No URI.',
      ]);
      expect(await shown([blind(unpicked)], ['a'])).toEqual(['a.blind fail usage.missing-uri: No URI.']);
    });

    test('fails where a check that was picked needs it, and is a skip where that one only listens', async () => {
      const one = blind('fail');
      const needing = toy({ id: 'b.needing', needs: [one] });
      const hearing = toy({ id: 'b.hearing', evidence: () => [one] });
      expect(await shown([one, needing], ['b'])).toEqual([
        'a.blind fail usage.missing-uri: No URI.',
        'b.needing skip null: not run, because a.blind failed',
      ]);
      expect(await shown([one, hearing], ['b'])).toEqual([
        'a.blind skip null: No URI.',
        'b.hearing pass null: null',
      ]);
    });

    test('is left out where --skip names it or what it needs', async () => {
      const first = toy({ id: 'a.first' });
      const second = toy({ id: 'b.second', needs: [first], run: async () => unseen(missing, 'fail') });
      expect(await shown([first, second], [], ['a'])).toEqual([
        'a.first skip null: skipped with --skip',
        'b.second skip null: not run, because --skip excludes a.first',
      ]);
    });
  });

  test('that was named by its whole id and has nothing to examine has failed', async () => {
    const idle = toy({ id: 'a.idle', run: async () => skip('no TLS here') });
    const [named] = await runChecks(selectChecks([idle], ['a.idle'], []), checkWorld(), () => {});
    expect(named).toMatchObject({
      status: 'fail',
      code: 'usage.nothing-to-check',
      detail: 'a.idle was requested, but there is nothing to check: no TLS here.',
    });
    const [among] = await runChecks(selectChecks([idle], ['a'], []), checkWorld(), () => {});
    expect(among).toMatchObject({ status: 'skip', code: null, detail: 'no TLS here' });
  });

  test('that unknown without what another one leaves is skipped, by way of others too', async () => {
    const left = toy({ id: 'a.left' });
    const asking = toy({
      id: 'a.asking',
      needs: [left],
      run: async (_world, facts) => pass(String(facts.needed(left)), 1),
    });
    const after = toy({
      id: 'a.after',
      needs: [asking],
      run: async (_world, facts) => pass(String(facts.needed(asking)), 1),
    });
    expect((await run([left, asking, after], {}, new Set([left]))).short).toEqual([
      'a.left skip: skipped with --skip',
      'a.asking skip: not run, because --skip excludes a.left',
      'a.after skip: not run, because --skip excludes a.left',
    ]);
    const there = toy({ id: 'a.left', run: async () => pass(null, 7) });
    const found = toy({
      ...asking,
      needs: [there],
      run: async (_w, facts) => pass(String(facts.needed(there)), 1),
    });
    expect((await run([there, found])).short[1]).toBe('a.asking pass: 7');
  });

  test('that nobody asked for is not there; one that is left out says so', async () => {
    const unasked = toy({ id: 'a.b', asked: () => false });
    const left = toy({ id: 'a.c' });
    const after = toy({ id: 'a.d', needs: [unasked, left] });
    expect((await run([unasked, left, after], {}, new Set([left]))).short).toEqual([
      'a.c skip: skipped with --skip',
      'a.d pass: null',
    ]);
  });
});

describe('what depends on what', () => {
  test('a failure skips what needs it, and what needs that, and nothing else', async () => {
    const first = toy({ id: 'a.first', run: async () => fail(DOWN) });
    const second = toy({ id: 'a.second', needs: [first] });
    const third = toy({ id: 'a.third', needs: [second] });
    const apart = toy({ id: 'b.apart' });
    expect((await run([first, second, third, apart])).short).toEqual([
      'a.first fail: It is down.',
      'a.second skip: not run, because a.first failed',
      'a.third skip: not run, because a.first failed',
      'b.apart pass: null',
    ]);
  });

  test('a skip for want of input and a warning are no reason to skip what comes after', async () => {
    const wanting = toy({ id: 'a.wanting', run: async () => skip('no audience') });
    const warned = toy({
      id: 'a.warned',
      run: async () => warn({ code: null, message: 'Hm.', remedy: null }, 7),
    });
    const after = toy({
      id: 'a.after',
      needs: [wanting, warned],
      run: async (_world, facts) => pass(`${facts.of(wanting)} and ${facts.of(warned)}`, null),
    });
    expect((await run([wanting, warned, after])).short).toEqual([
      'a.wanting skip: no audience',
      'a.warned warn: Hm.',
      'a.after pass: null and 7',
    ]);
  });

  test('evidence is waited for, and may have failed', async () => {
    const seen = toy({ id: 'a.seen', run: async () => fail(DOWN) });
    const judge = toy({
      id: 'a.judge',
      evidence: () => [seen],
      run: async (_world, facts) => pass(facts.failureOf(seen)?.code ?? 'nothing', null),
    });
    // The evidence stands after the one that waits for it.
    expect((await run([judge, seen])).short).toEqual([
      'a.judge pass: aws.unreachable',
      'a.seen fail: It is down.',
    ]);
  });

  test('a check runs after others that run anyway, whatever their result', async () => {
    const failed = toy({ id: 'a.failed', run: async () => fail(DOWN) });
    const last = toy({
      id: 'b.last',
      after: [failed],
      run: async (_world, facts) => pass(facts.failureOf(failed)?.code ?? 'nothing', null),
    });
    expect((await run([last, failed])).short).toEqual([
      'b.last pass: aws.unreachable',
      'a.failed fail: It is down.',
    ]);
    expect((await run([last])).short).toEqual(['b.last pass: nothing']);
  });

  test('independent checks run side by side, and results stand in the order of the catalogue', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = toy({ id: 'a.slow', run: () => held.then(() => pass(null, null)) });
    const quick = toy({
      id: 'a.quick',
      run: async () => {
        release();
        return pass(null, null);
      },
    });
    const { seen, results } = await run([slow, quick]);
    expect(seen).toEqual(['a.quick', 'a.slow']);
    expect(results.map(({ id }) => id)).toEqual(['a.slow', 'a.quick']);
  });
});

test('targets with the same key share one outcome, a failure too', async () => {
  let asked = 0;
  const shared = toy({
    id: 'a.b',
    sharedBy: ({ target: { name } }) => (name === 'other' ? null : 'key'),
    run: async () => {
      asked += 1;
      return fail(DOWN);
    },
  });
  const round = new SharedOutcomes();
  const all = ['one', 'two', 'other'].map((name) =>
    run([shared], { shared: round, target: target({ name }) }),
  );
  expect((await Promise.all(all)).map(({ short }) => short)).toEqual(
    Array(3).fill(['a.b fail: It is down.']),
  );
  expect(asked).toBe(2);
});

test('an interruption ends the run with its own reason, whatever a check makes of it', async () => {
  const stop = new AbortController();
  const interrupted = new Interruption('interrupted');
  const dying = toy({
    id: 'a.b',
    run: async () => {
      stop.abort(interrupted);
      throw DOWN;
    },
  });
  const context = memoryContext({ signal: stop.signal });
  await expect(run([dying, toy({ id: 'a.c', needs: [dying] })], { context })).rejects.toBe(interrupted);
});

describe('the catalogue', () => {
  test('has ids that are unique and of a known area, and titles that are assertions', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title } of CATALOGUE) {
      expect(id).toMatch(/^(config|aws|sts|iam|jwt|issuer|mongo|atlas|net)(\.[a-z]+)?\.[a-z-]+$/);
      expect(title).toMatch(/^[a-zA-Z][^.!?]+$/);
    }
  });

  test('lets nobody wait for himself, and for nobody who is not there', () => {
    const waits = (one: Check) => [...one.needs, ...(one.evidence?.(target()) ?? []), ...(one.after ?? [])];
    const over = new Set<Check>();
    const open = new Set(CATALOGUE);
    for (let before = -1; before !== over.size; ) {
      before = over.size;
      for (const one of open) if (waits(one).every((each) => over.has(each))) over.add(one);
    }
    expect(CATALOGUE.filter((one) => !over.has(one)).map(({ id }) => id)).toEqual([]);
  });

  test('stands in the order of the chain: what is needed comes before', () => {
    const late = CATALOGUE.flatMap(({ id, needs }, index) =>
      needs.filter((each) => CATALOGUE.indexOf(each) > index).map((each) => `${id} needs ${each.id}`),
    );
    expect(late).toEqual([]);
  });
});

describe('selection', () => {
  const first = toy({ id: 'aws.first' });
  const heard = toy({ id: 'aws.heard' });
  const later = toy({ id: 'jwt.later' });
  const second = toy({
    id: 'sts.second',
    needs: [first],
    after: [later],
    evidence: ({ issuer }) => (issuer === null ? [heard] : []),
  });
  const other = toy({ id: 'mongo.oidc.other' });
  const all = [first, heard, later, second, other];

  test('takes everything, or what is named with what it needs and listens to', () => {
    const picks = (only: readonly string[], issuer: string | null = null) =>
      checksFor(selectChecks(all, only, []), checkWorld({ target: target({ issuer }) })).checks;
    expect(picks([])).toEqual(all);
    expect(picks(['sts'])).toEqual([first, heard, second]);
    expect(picks(['sts'], 'https://issuer.test')).toEqual([first, second]);
    expect(picks(['mongo.oidc.other', 'aws.heard'])).toEqual([heard, other]);
  });

  test('names what is left out', () => {
    expect([...selectChecks(all, [], ['aws', 'mongo.oidc']).left]).toEqual([first, heard, other]);
  });

  test('refuses a name that no check has, also the beginning of a word', () => {
    const answers = {
      mong: '; did you mean "mongo"?',
      'aws.': '; did you mean "aws"?',
      'aws.firs': '; did you mean "aws.first"?',
      '': '.',
    };
    for (const [name, ending] of Object.entries(answers)) {
      expect(() => selectChecks(all, [name], [])).toThrow(
        expect.objectContaining({
          code: 'usage.invalid-value',
          message: `Invalid --only: no check is named "${name}"${ending}`,
          command: fedctl(['check', '--list']),
        }),
      );
    }
    expect(() => selectChecks(all, [], ['x'])).toThrow('Invalid --skip: no check is named "x".');
  });
});
