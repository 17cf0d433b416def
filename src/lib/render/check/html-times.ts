import type { CheckResult } from '../../core/check-run.ts';
import { shownMs } from './counts.ts';
import { type Markup, markup } from './markup.ts';
import { STATUS_WORDS } from './verdict.ts';

/** The width of a bar in SVG units. The browser stretches the bar to the width of the table cell. */
const SPAN = 1000;
/** The minimum length of a bar, so that very short times are visible. */
const SHORTEST = 6;

/** Renders a bar chart with the start and duration of each check. Returns nothing if no check ran. */
export function timesHtml(checks: readonly CheckResult[]): Markup {
  const ran = checks
    .filter(({ status }) => status !== 'skip')
    .toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime());
  if (ran.length === 0) return markup``;
  const start = Math.min(...ran.map(({ startedAt }) => startedAt.getTime()));
  const whole = Math.max(1, ...ran.map(({ startedAt, ms }) => startedAt.getTime() + ms - start));
  return markup`<table class="times">
<thead><tr><th scope="col">check</th><th scope="col" class="bar">from 0 to ${shownMs(whole)}</th><th scope="col" class="number">began after</th><th scope="col" class="number">took</th></tr></thead>
<tbody>
${ran.map((check) => bar(check, check.startedAt.getTime() - start, whole))}</tbody>
</table>
`;
}

function bar({ id, status, ms }: CheckResult, after: number, whole: number): Markup {
  const width = Math.max(SHORTEST, Math.round((ms / whole) * SPAN));
  const left = Math.min(SPAN - width, Math.round((after / whole) * SPAN));
  return markup`<tr class="${status}"><th scope="row"><code>${id}</code></th><td class="bar"><svg viewBox="0 0 ${SPAN} 10" preserveAspectRatio="none" role="img" aria-label="${STATUS_WORDS[status]}, from ${shownMs(after)} to ${shownMs(after + ms)}"><line x1="0" y1="5" x2="${SPAN}" y2="5"/><rect x="${left}" y="0" width="${width}" height="10"/></svg></td><td class="number">${shownMs(after)}</td><td class="number">${shownMs(ms)}</td></tr>
`;
}
