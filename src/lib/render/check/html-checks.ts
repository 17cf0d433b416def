import type { CheckResult, Comparison } from '../../core/check-run.ts';
import { shownMs } from './counts.ts';
import { difference, nearest, type Span, visible, visiblePiece } from './difference.ts';
import { withoutRepeats } from './evidence.ts';
import { type Markup, markup } from './markup.ts';
import { explainCommand, MARKS, STATUS_WORDS, skippedText } from './verdict.ts';

const NOTHING = markup``;

/** Renders every check as a collapsible element. Failed checks and warnings are expanded. */
export function checksHtml(checks: readonly CheckResult[]): Markup {
  return markup`<div class="checks">
${withoutRepeats(checks).map(checkHtml)}</div>
`;
}

function checkHtml(check: CheckResult): Markup {
  const { id, title, status, ms } = check;
  const detail = status === 'skip' ? skippedText(check) : check.detail;
  const open = status === 'fail' || status === 'warn' ? markup` open` : NOTHING;
  const time = status === 'skip' ? '' : shownMs(ms);
  // If the check is collapsed, the detail is next to the title. If the check is expanded, the detail is above
  // the evidence.
  const folded = open === NOTHING && detail !== null ? markup`<span class="seen">${detail}</span>` : NOTHING;
  const unfolded = open === NOTHING || detail === null ? NOTHING : markup`<p>${detail}</p>\n`;
  return markup`<details class="check ${status}"${open}>
<summary><span class="status">${MARKS[status]} ${STATUS_WORDS[status]}</span> <code>${id}</code> <span class="what">${title}${folded}</span> <span class="time">${time}</span></summary>
<div class="body">
${unfolded}${notesHtml(check.notes)}${comparisonsHtml(check.comparisons)}${adviceHtml(check)}<p class="label">started ${check.startedAt.toISOString()}</p>
</div>
</details>
`;
}

function notesHtml(notes: readonly string[]): Markup {
  if (notes.length === 0) return NOTHING;
  return markup`<ul class="notes">
${notes.map(
  (note) => markup`<li>${note}</li>
`,
)}</ul>
`;
}

/** Renders the likely cause, the remedy and the command. */
export function adviceHtml(check: Pick<CheckResult, 'cause' | 'remedy' | 'command' | 'code'>): Markup {
  const { cause, remedy, command } = check;
  const more = explainCommand(check);
  return markup`${cause === null ? NOTHING : markup`<p><span class="label">possible cause</span> ${cause}</p>\n`}${
    remedy === null ? NOTHING : markup`<p><span class="label">what to do</span> ${remedy}</p>\n`
  }${
    command === null
      ? NOTHING
      : markup`<p><span class="label">command</span> <code class="type">${command}</code></p>\n`
  }${more === null ? NOTHING : markup`<p><span class="label">more</span> <code class="type">${more}</code></p>\n`}`;
}

function comparisonsHtml(comparisons: readonly Comparison[]): Markup {
  if (comparisons.length === 0) return NOTHING;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="compared values"><table class="claims">
<thead><tr><th scope="col">field</th><th scope="col"></th><th scope="col">value</th><th scope="col">expected by</th></tr></thead>
${comparisons.map(comparisonHtml)}</table></div>
`;
}

/**
 * Renders one comparison. The actual value is directly above the expected value, so that users can compare
 * the values.
 */
function comparisonHtml({ what, seen, expected, by, matches }: Comparison): Markup {
  const rows = rowsOf({ seen, expected, by, matches });
  const [first = NOTHING, ...rest] = rows;
  return markup`<tbody>
<tr><th scope="rowgroup" class="what" rowspan="${rows.length}">${what}</th>${first}</tr>
${rest.map((each) => markup`<tr>${each}</tr>\n`)}</tbody>
`;
}

function rowsOf({ seen, expected, by, matches }: Omit<Comparison, 'what'>): Markup[] {
  // fedctl does not know the expected value. The row names the source of the expected value, and the user
  // must compare the actual value with that source.
  if (expected.length === 0)
    return [row('seen', 'skip', plain(seen), by === '' ? '' : `to compare with ${by}`)];
  return matches ? [row('✓ matches', 'pass', plain(seen), by)] : mismatch(seen, expected, by);
}

function mismatch(seen: string | null, expected: readonly string[], by: string): Markup[] {
  const likest = seen === null ? null : nearest(seen, expected);
  if (seen === null || likest === null) {
    return [
      row('✗ seen', 'fail', plain(seen), ''),
      ...expected.map((value) => row('expected', 'pass', plain(value), by)),
    ];
  }
  const apart = difference(seen, likest);
  const others = expected.filter((value) => value !== likest);
  return [
    row('✗ seen', 'fail', marked(apart.seen), ''),
    row('expected', 'pass', marked(apart.expected), by),
    ...others.map((value) => row('or', 'pass', plain(value), by)),
    ...(apart.note === null ? [] : [markup`<td></td><td class="note" colspan="2">${apart.note}</td>`]),
  ];
}

function row(label: string, status: 'pass' | 'fail' | 'skip', value: Markup, by: string): Markup {
  return markup`<td class="quiet side">${label}</td><td class="value ${status}">${value}</td><td class="quiet">${by}</td>`;
}

function plain(value: string | null): Markup {
  return value === null ? markup`<em>nothing</em>` : markup`${visible(value)}`;
}

function marked({ before, differs, after }: Span): Markup {
  const mark =
    differs === '' ? markup`<mark class="gap"></mark>` : markup`<mark>${visiblePiece(differs)}</mark>`;
  return markup`${visible(before)}${mark}${visible(after)}`;
}
