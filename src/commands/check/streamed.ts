import type { CheckPlan } from '../../lib/check/run.ts';
import type { CheckEvent, CheckReport, CheckResult } from '../../lib/core/check-run.ts';
import { chainLines } from '../../lib/render/check/chain.ts';
import { withCauses } from '../../lib/render/check/evidence.ts';
import {
  isShort,
  resultLines,
  summaryLines,
  targetHeader,
  targetsLines,
} from '../../lib/render/check/human.ts';
import { columnsOf } from '../../lib/render/wrap.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

/**
 * Prints the human output format during the run, with a line for each check. On a terminal, each line is
 * printed as soon as its check ends. Without a terminal, the lines follow the order of the chain, so that the
 * output of two runs can be compared. The results of several targets are printed at the end, after a table.
 * With retries, only final results are printed.
 */
export class StreamedChecks {
  readonly #invocation: Invocation<OptionTable>;
  readonly #plan: CheckPlan;
  /** The check IDs in the order of the chain. */
  readonly #order: readonly string[];
  readonly #seen = new Map<string, CheckResult>();
  readonly #told = new Set<string>();
  /** The remedies that were already printed. */
  readonly #remedies = new Set<string>();
  readonly #isFinal: boolean;
  readonly #isTerminal: boolean;
  #isOver = false;

  constructor(invocation: Invocation<OptionTable>, plan: CheckPlan) {
    this.#invocation = invocation;
    this.#plan = plan;
    this.#order = plan.selection.catalogue.map(({ id }) => id);
    this.#isFinal = plan.request.retries === 0 && plan.request.waitMs === 0;
    this.#isTerminal = columnsOf(invocation.context.stdout) !== null;
  }

  /** Prints the header of a run with a single target, before the first check ends. */
  start(): void {
    const [only, ...others] = this.#plan.targets;
    if (!this.#isHuman() || only === undefined || others.length > 0) return;
    const { theme, common } = this.#invocation;
    if (isShort(common)) return;
    const uri = only.plan.database?.uri.shown ?? null;
    this.#print(targetHeader({ name: only.target.name, uri }, theme));
  }

  observe(event: CheckEvent): void {
    if (!this.#isHuman()) return;
    switch (event.kind) {
      case 'check':
        this.#seen.set(event.result.id, this.#shownResult(event.result));
        break;
      case 'again': {
        const { target, failed, pauseMs, attempt } = event;
        const why = `${failed.id} ${failed.code ?? failed.status}`;
        this.#invocation.hint(
          `${target}: attempt ${attempt} failed (${why}); next attempt in ${pauseMs / 1000} s`,
        );
        this.#seen.clear();
        return;
      }
      case 'target':
        this.#isOver = true;
        break;
      default:
        return;
    }
    if (this.#plan.targets.length === 1) this.#tell();
  }

  /** Prints the diagram and the summary at the end of the run. */
  end(report: CheckReport): void {
    const { common, context, theme } = this.#invocation;
    if (!this.#isHuman()) return;
    const targets = report.targets.map((target) => ({
      ...target,
      checks: target.checks.map((check) => this.#shownResult(check)),
    }));
    const [only, ...others] = targets;
    if (others.length > 0) {
      for (const line of targetsLines(targets, theme, isShort(common))) this.#print(line);
    } else if (only !== undefined && !isShort(common)) {
      const columns = columnsOf(context.stdout);
      if (columns !== null) for (const line of chainLines(only, { theme, columns })) this.#print(line);
    }
    for (const line of summaryLines(report, theme)) this.#print(line);
  }

  /**
   * Prints the final results that were not printed yet. If the output follows the order of the chain, a
   * result is printed only after the earlier checks have ended.
   */
  #tell(): void {
    if (!this.#isFinal && !this.#isOver) return;
    const inOrder = !this.#isTerminal || !this.#isFinal;
    for (const id of this.#order) {
      const result = this.#seen.get(id);
      // This check has no result: it is pending or was not requested. The results after it are printed when
      // this check or the whole target has finished.
      if (result === undefined && inOrder && !this.#isOver) return;
      if (result === undefined || this.#told.has(id)) continue;
      this.#told.add(id);
      for (const line of resultLines(result, this.#invocation.theme, this.#shown())) this.#print(line);
    }
  }

  #shownResult(result: CheckResult): CheckResult {
    return this.#invocation.common.verbose ? withCauses(result) : result;
  }

  #shown() {
    return { short: isShort(this.#invocation.common), remedies: this.#remedies };
  }

  #isHuman(): boolean {
    const { stdout } = this.#invocation.common.formats;
    return stdout === 'human' || stdout === 'short';
  }

  #print(line: string): void {
    this.#invocation.print(line);
  }
}
