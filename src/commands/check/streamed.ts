import type { CheckPlan } from '../../lib/check/run.ts';
import type { CheckEvent, CheckReport, CheckResult, TargetReport } from '../../lib/core/check-run.ts';
import { chainLines } from '../../lib/render/check/chain.ts';
import { checkLines, summaryLines, targetHeader } from '../../lib/render/check/human.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

/**
 * The human face while the run goes on: a line a check, in the order of the chain, as soon as all before it are over.
 * Targets come one after the other, as they were named. What may be checked again is told only once it is final.
 */
export class StreamedChecks {
  readonly #invocation: Invocation<OptionTable>;
  readonly #plan: CheckPlan;
  /** The ids of the checks in order, and how far the first target has been told. */
  readonly #order: readonly string[];
  readonly #seen = new Map<string, Map<string, CheckResult>>();
  readonly #over = new Set<string>();
  readonly #final: boolean;
  #target = 0;
  #next = 0;
  #headed = false;

  constructor(invocation: Invocation<OptionTable>, plan: CheckPlan) {
    this.#invocation = invocation;
    this.#plan = plan;
    this.#order = plan.selection.catalogue.map(({ id }) => id);
    this.#final = plan.request.retries === 0 && plan.request.waitMs === 0;
  }

  observe(event: CheckEvent): void {
    if (this.#invocation.common.faces.stdout !== 'human') return;
    switch (event.kind) {
      case 'check':
        this.#resultsOf(event.target).set(event.result.id, event.result);
        break;
      case 'again': {
        const { target, failed, pauseMs, attempt } = event;
        const why = `${failed.id} ${failed.code ?? failed.status}`;
        this.#invocation.hint(`${target}: attempt ${attempt}: ${why}; again in ${pauseMs / 1000} s`);
        this.#seen.delete(target);
        return;
      }
      case 'target':
        this.#over.add(event.report.name);
        break;
    }
    this.#tell();
  }

  /** The picture and the summary, once everything is known. */
  end(report: CheckReport): void {
    const { common, context, theme } = this.#invocation;
    if (common.faces.stdout !== 'human') return;
    if (context.stdout.isTTY === true) {
      const columns = context.stdout.columns ?? 80;
      for (const target of pictured(report.targets)) {
        if (report.targets.length > 1) this.#print(targetHeader(target, theme));
        for (const line of chainLines(target, { theme, columns })) this.#print(line);
      }
    }
    for (const line of summaryLines(report, theme)) this.#print(line);
  }

  /** Tells what can be told in order. */
  #tell(): void {
    const { theme } = this.#invocation;
    for (let planned = this.#plan.targets[this.#target]; planned !== undefined; ) {
      const { name } = planned.target;
      const over = this.#over.has(name);
      if (!over && !this.#final) return;
      const results = this.#resultsOf(name);
      if (!this.#headed)
        this.#print(targetHeader({ name, uri: planned.plan.database?.uri.shown ?? null }, theme));
      this.#headed = true;
      for (; this.#next < this.#order.length; this.#next += 1) {
        const result = results.get(this.#order[this.#next] ?? '');
        // One that nobody asked for never ends: it is passed over once the target is over.
        if (result === undefined && !over) return;
        if (result !== undefined) for (const line of checkLines(result, theme)) this.#print(line);
      }
      if (!over) return;
      this.#target += 1;
      this.#next = 0;
      this.#headed = false;
      planned = this.#plan.targets[this.#target];
    }
  }

  #resultsOf(target: string): Map<string, CheckResult> {
    const results = this.#seen.get(target) ?? new Map<string, CheckResult>();
    this.#seen.set(target, results);
    return results;
  }

  #print(line: string): void {
    this.#invocation.print(line);
  }
}

/** More would push the summary off the screen. */
const PICTURES = 3;

/** The only target; of several the first few that are broken. */
function pictured(targets: readonly TargetReport[]): readonly TargetReport[] {
  return targets.length === 1 ? targets : targets.filter(({ ok }) => !ok).slice(0, PICTURES);
}
