import type { CheckEvent, CheckStatus } from '../../lib/core/check-run.ts';
import { formatDuration } from '../../lib/core/duration.ts';
import { countsText } from '../../lib/render/check/counts.ts';
import { secondsText } from '../../lib/render/progress.ts';

/** Maximum number of checks in the progress line. */
const MOST_NAMES = 2;

/** Tracks the pending checks of a run, for the progress line and for the summary after an interruption. */
export class PendingChecks {
  readonly #now: () => Date;
  readonly #targets: number;
  /** The pending checks by target and check ID, each with its name and start time. */
  readonly #pending = new Map<string, { readonly shown: string; readonly since: number }>();
  readonly #ended = new Map<string, ReadonlyMap<string, CheckStatus>>();
  readonly #over = new Set<string>();
  /**
   * The time at which the token expires. Set only with --soak, which keeps a connection with this token open.
   */
  #expiresAt: Date | null = null;
  #againAt: number | null = null;

  constructor(targets: number, now: () => Date) {
    this.#targets = targets;
    this.#now = now;
  }

  observe(event: CheckEvent): void {
    switch (event.kind) {
      case 'begin': {
        const shown = this.#targets === 1 ? event.id : `${event.target} ${event.id}`;
        this.#pending.set(key(event.target, event.id), { shown, since: this.#now().getTime() });
        this.#againAt = null;
        break;
      }
      case 'token':
        this.#expiresAt = event.expiresAt;
        break;
      case 'check': {
        const { id, status } = event.result;
        this.#pending.delete(key(event.target, id));
        this.#ended.set(event.target, new Map([...(this.#ended.get(event.target) ?? []), [id, status]]));
        break;
      }
      case 'again':
        this.#ended.delete(event.target);
        this.#againAt = this.#now().getTime() + event.pauseMs;
        break;
      case 'target':
        this.#over.add(event.report.name);
        break;
    }
  }

  /**
   * Formats the pending checks, such as `sts.mint (2 s), issuer.discovery (0 s)`. With --soak, the text ends
   * with the remaining lifetime of the token.
   */
  text(): string {
    const done = this.#targets === 1 ? '' : `${this.#over.size} of ${this.#targets} targets done; `;
    const names = this.#names();
    if (names.length === 0) return `${done}${this.#pauseText()}`;
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return `${done}${names.slice(0, MOST_NAMES).join(', ')}${more}${this.#tokenText()}`;
  }

  /** Returns two lines for a user who interrupts the run: the results so far, and the pending checks. */
  interrupted(): readonly string[] {
    const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
    for (const target of this.#ended.values()) for (const status of target.values()) counts[status] += 1;
    const pending = this.#names();
    return [
      `Interrupted. Results so far: ${countsText(counts)}.`,
      `Pending: ${pending.length === 0 ? 'none' : pending.join(', ')}.`,
    ];
  }

  #names(): readonly string[] {
    const now = this.#now().getTime();
    return [...this.#pending.values()].map(({ shown, since }) => `${shown} ${secondsText(now - since)}`);
  }

  #tokenText(): string {
    if (this.#expiresAt === null) return '';
    const left = Math.max(0, this.#expiresAt.getTime() - this.#now().getTime());
    return `, token expires in ${formatDuration(Math.floor(left / 1000))}`;
  }

  #pauseText(): string {
    if (this.#againAt === null) return this.#ended.size === 0 ? 'the first check' : 'the next check';
    const left = Math.max(0, this.#againAt - this.#now().getTime());
    return `next attempt in ${Math.ceil(left / 1000)} s`;
  }
}

function key(target: string, id: string): string {
  return `${target}\0${id}`;
}
