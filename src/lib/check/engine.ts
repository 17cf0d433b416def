import type { CheckResult } from '../core/check-run.ts';
import type { SuggestedCommand } from '../core/command-line.ts';
import { FedctlError, foreignErrors, isFedctlError } from '../core/errors.ts';
import type { Check, Facts } from './check.ts';
import { fail, type Outcome, skip, type Timing } from './outcome.ts';
import { checksFor, type Selection, type Wanted } from './selection.ts';
import type { TimedOutcome } from './shared.ts';
import type { World } from './world.ts';

/** A finished check. */
interface Ended {
  readonly result: CheckResult;
  readonly fact: unknown;
  readonly failure: FedctlError | null;
  /**
   * The ID of the failed check that caused this check to be skipped. Null if no failed check caused a skip.
   */
  readonly blockedBy: string | null;
  /**
   * The ID of the check that --skip excludes: this check or one of its prerequisites. Null if --skip excludes
   * none of them.
   */
  readonly leftBy: string | null;
}

interface Hooks {
  readonly begin?: (check: Check) => void;
  readonly facts?: (facts: Facts) => void;
}

interface Observer {
  readonly begin: (check: Check) => void;
  readonly end: (result: CheckResult) => void;
}

/**
 * Runs the checks of one target. Each check starts when its prerequisites have finished; independent checks
 * run concurrently. If a check fails, the checks that need it are skipped and all others continue.
 *
 * @param selection the selected checks, in the order of the chain; prerequisites must not form a cycle
 * @param observe called with the result of each check
 * @param hooks `begin` is called before each check runs; `facts` is called once with all facts when all
 * checks have finished
 * @returns the results of the requested checks, in the order of the catalogue
 * @throws the abort reason, if `world.context.signal` is aborted; unexpected errors
 */
export async function runChecks(
  selection: Selection,
  world: World,
  observe: (result: CheckResult) => void,
  { begin = () => {}, facts = () => {} }: Hooks = {},
): Promise<readonly CheckResult[]> {
  const { checks, required } = checksFor(selection, world);
  const run = new Run(world, { ...selection, required }, { begin, end: observe });
  const ends = checks.map((check) => run.start(check));
  const settled = await Promise.allSettled(ends);
  facts(run);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value.result;
  });
}

/**
 * Thrown if a check requires a missing fact. A fact is missing if the check that provides it was excluded or
 * had no input.
 */
class MissingFact extends Error {
  constructor(id: string) {
    super(`requires the result of ${id}`);
  }
}

class Run implements Facts {
  readonly #world: World;
  readonly #wanted: Selection & Pick<Wanted, 'required'>;
  readonly #observer: Observer;
  readonly #under = new Map<Check, Promise<Ended>>();
  readonly #over = new Map<Check, Ended>();

  constructor(world: World, wanted: Selection & Pick<Wanted, 'required'>, observer: Observer) {
    this.#world = world;
    this.#wanted = wanted;
    this.#observer = observer;
  }

  start(check: Check): Promise<Ended> {
    const end = this.#do(check).then((ended) => {
      this.#over.set(check, ended);
      this.#observer.end(ended.result);
      return ended;
    });
    this.#under.set(check, end);
    // The promise rejects if the signal fires or an unexpected error occurs. The code that waits for the
    // promise handles the error. This empty handler prevents Node.js from also reporting an unhandled
    // rejection.
    end.catch(() => {});
    return end;
  }

  of<Fact>(check: Check<Fact>): Fact | null {
    return factOf<Fact>(this.#over.get(check));
  }

  needed<Fact>(check: Check<Fact>): Fact {
    const fact = this.of(check);
    if (fact === null) throw new MissingFact(check.id);
    return fact;
  }

  async when<Fact>(check: Check<Fact>): Promise<Fact | null> {
    return factOf<Fact>(await this.#under.get(check));
  }

  resultOf(check: Check): CheckResult | null {
    return this.#over.get(check)?.result ?? null;
  }

  failureOf(check: Check): FedctlError | null {
    return this.#over.get(check)?.failure ?? null;
  }

  async #do(check: Check): Promise<Ended> {
    // This `await` lets all checks start first. Each check then finds its prerequisites in the map.
    await Promise.resolve();
    const before = await this.#wait(check);
    const { context } = this.#world;
    context.signal.throwIfAborted();
    const startedAt = context.now();
    const blocker = before.find(({ failure, blockedBy }) => failure !== null || blockedBy !== null);
    if (blocker !== undefined) {
      const id = blocker.blockedBy ?? blocker.result.id;
      const outcome: Outcome<unknown> = { status: 'skip', detail: `not run, because ${id} failed` };
      return this.#end(check, { startedAt, ms: 0 }, outcome, { blockedBy: id });
    }
    if (this.#wanted.left.has(check)) {
      const left = skip('skipped with --skip');
      return this.#end(check, { startedAt, ms: 0 }, left, { leftBy: check.id });
    }
    this.#observer.begin(check);
    const { outcome, ...timing } = await this.#find(check, startedAt);
    if (context.signal.aborted) throw context.signal.reason;
    const leftBy = before.find((each) => each.leftBy !== null)?.leftBy ?? null;
    return this.#end(check, timing, this.#asAsked(check, outcome, leftBy), { leftBy });
  }

  /**
   * Applies --only and --skip to the result of a check that was skipped, or that lacks an input or a permission.
   * A skipped check fails if --only contains its complete ID. A check that lacks an input or a permission fails if
   * --only selects this check or a check that requires it. Without --only, such a check gets the status in
   * `unpicked`.
   */
  #asAsked(check: Check, outcome: Outcome<unknown>, leftBy: string | null): Outcome<unknown> {
    const { picked, named, required } = this.#wanted;
    if (outcome.status !== 'unseen' && outcome.status !== 'skip') return outcome;
    if (leftBy !== null) return skip(`not run, because --skip excludes ${leftBy}`);
    if (outcome.status === 'skip') {
      return named.has(check) ? fail(nothingToSee(check, outcome.detail)) : outcome;
    }
    const { failure, unpicked } = outcome;
    if (!required.has(check)) return skip(failure.message);
    return picked !== null || unpicked === 'fail' ? fail(failure) : outcome;
  }

  /**
   * Waits for the checks in the `needs`, `evidence` and `after` of a check.
   *
   * @returns the results of the checks in `needs`
   */
  async #wait(check: Check): Promise<readonly Ended[]> {
    const ends = (checks: readonly Check[]) =>
      Promise.all(checks.flatMap((each) => this.#under.get(each) ?? []));
    const [needed] = await Promise.all([
      ends(check.needs),
      ends(check.evidence?.(this.#world.target) ?? []),
      ends(check.after ?? []),
    ]);
    return needed;
  }

  /** Runs the check, or returns the result that another target shares. */
  #find(check: Check, startedAt: Date): Promise<TimedOutcome> {
    const { context, shared } = this.#world;
    const find = async (): Promise<TimedOutcome> => {
      const outcome = await this.#ask(check);
      // The clock can be set back during the check, but the duration must not be negative.
      const ms = Math.max(0, context.now().getTime() - startedAt.getTime());
      return { outcome, ...(outcome.timing ?? { startedAt, ms }) };
    };
    const key = check.sharedBy?.(this.#world, this) ?? null;
    return key === null ? find() : shared.once(check, key, find);
  }

  async #ask(check: Check): Promise<Outcome<unknown>> {
    try {
      return await check.run(this.#world, this);
    } catch (error) {
      if (error instanceof MissingFact) return skip(error.message);
      if (!isFedctlError(error)) throw error;
      return { status: 'fail', failure: error };
    }
  }

  #end(
    check: Check,
    timing: Timing,
    outcome: Outcome<unknown>,
    { blockedBy = null, leftBy = null }: { blockedBy?: string | null; leftBy?: string | null },
  ): Ended {
    const { id, title, link } = check;
    const { offer, target } = this.#world;
    const { command, ...words } = wordsOf(outcome);
    const result: CheckResult = {
      id,
      title,
      link,
      status: outcome.status === 'unseen' ? (outcome.unpicked === 'warn' ? 'warn' : 'skip') : outcome.status,
      ...words,
      ...causesOf(outcome),
      command: command === null ? null : offer(command, target),
      notes: notesOf(outcome),
      comparisons: outcome.comparisons ?? [],
      ...timing,
    };
    const left = outcome.status === 'pass' || outcome.status === 'warn' ? outcome.fact : null;
    const failure = outcome.status === 'fail' ? outcome.failure : null;
    return { result, fact: left, failure, blockedBy, leftBy };
  }
}

function nothingToSee({ id }: Check, detail: string): FedctlError {
  return new FedctlError('usage.nothing-to-check', {
    message: `${id} was requested, but there is nothing to check: ${detail}.`,
    details: { checks: [id] },
  });
}

function causesOf(outcome: Outcome<unknown>): Pick<CheckResult, 'causes'> {
  if (outcome.status !== 'fail') return {};
  const errors = foreignErrors(outcome.failure);
  return errors.length === 0 ? {} : { causes: errors.map(({ name, message }) => `${name}: ${message}`) };
}

interface Words extends Pick<CheckResult, 'detail' | 'code' | 'cause' | 'remedy'> {
  readonly command: SuggestedCommand | null;
}

function wordsOf(outcome: Outcome<unknown>): Words {
  switch (outcome.status) {
    case 'pass':
    case 'skip':
      return { detail: outcome.detail, code: null, cause: null, remedy: null, command: null };
    case 'warn': {
      const { code, message, remedy, command = null } = outcome.caution;
      return { detail: message, code, cause: null, remedy, command };
    }
    case 'fail':
    case 'unseen': {
      const { code, message, likelyCause, remedy, command } = outcome.failure;
      return { detail: message, code, cause: likelyCause, remedy, command };
    }
  }
}

/**
 * Returns the notes of the check. If the check has no comparisons, also returns the evidence of the failure.
 */
function notesOf(outcome: Outcome<unknown>): readonly string[] {
  const { notes = [], comparisons = [] } = outcome;
  const evidence = outcome.status === 'fail' ? outcome.failure.details['evidence'] : null;
  if (!Array.isArray(evidence) || comparisons.length > 0) return notes;
  return [...notes, ...evidence.filter((line) => typeof line === 'string')];
}

/**
 * Returns the fact of a check. The cast is safe because each check stores a fact of the type that the check
 * defines. The type of the map cannot express this rule.
 */
function factOf<Fact>(ended: Ended | undefined): Fact | null {
  return (ended?.fact ?? null) as Fact | null;
}
