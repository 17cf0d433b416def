import { createHash } from 'node:crypto';
import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import { rfc3339 } from '../../core/time.ts';
import { countChecks, countsText, shownMs } from './counts.ts';
import { chainSvg } from './html-chain.ts';
import { adviceHtml, checksHtml } from './html-checks.ts';
import { STYLE } from './html-style.ts';
import { timesHtml } from './html-times.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { brokenFirst, MARKS, principalFacts, reportVerdict, STATUS_WORDS, targetVerdict } from './verdict.ts';

const NOTHING = markup``;

/**
 * Renders the HTML report as a single file that users can attach to an incident. The report has no scripts.
 * Its content security policy prevents the browser from loading files. The browser applies only the style
 * sheet with the hash in this policy (CSP Level 3, section 2.3.1).
 */
export function checkHtml(report: CheckReport): string {
  const targets = brokenFirst(report.targets);
  const { words } = reportVerdict(report);
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>fedctl check: ${words}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${headline(report)}${targets.length > 1 ? overview(targets) : NOTHING}${targets.map((target, index) => targetHtml(target, index, targets.length === 1))}</main>
<footer>Made by fedctl ${report.version}. This file loads nothing from anywhere and holds no token, key or password.</footer>
</body>
</html>
`.toString();
}

/** Renders the verdict, the first failure with its cause and command, and the facts about the run. */
function headline(report: CheckReport): Markup {
  const { targets, startedAt, ms, version } = report;
  const { status, words, first, where } = reportVerdict(report);
  const counts = countsText(countChecks(targets.flatMap(({ checks }) => checks)));
  const [only, ...others] = targets;
  const named = only === undefined || others.length > 0 ? [] : targetFacts(only);
  const lead =
    where === null || first === null
      ? NOTHING
      : markup`<strong>${where}</strong>, <code>${first.id}</code>: `;
  return markup`<header class="verdict ${status}">
<h1>${MARKS[status]} ${capital(words)}</h1>
${first === null ? NOTHING : markup`<p>${lead}${first.detail ?? first.title}</p>\n${adviceHtml({ ...first, code: null })}`}<dl class="facts">
${[...named, fact('checked', rfc3339(startedAt)), fact('took', shownMs(ms)), fact('checks', counts), fact('fedctl', version)]}</dl>
</header>
`;
}

function targetFacts({ name, uri, attempts, ...who }: TargetReport): Markup[] {
  return [
    fact('target', name),
    ...principalFacts(who).map(([term, value]) => fact(term, value)),
    ...(uri === null ? [] : [markup`<div><dt>connection string</dt><dd><code>${uri}</code></dd></div>\n`]),
    ...(attempts === 1 ? [] : [fact('attempts', `${attempts}`)]),
  ];
}

function fact(term: string, value: string): Markup {
  return markup`<div><dt>${term}</dt><dd>${value}</dd></div>
`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function overview(targets: readonly TargetReport[]): Markup {
  return markup`<nav aria-label="targets"><h2>Targets</h2>
<div class="scroll"><table class="overview">
<thead><tr><th scope="col">status</th><th scope="col">target</th><th scope="col">verdict</th><th scope="col" class="spare">checks</th><th scope="col" class="number">took</th></tr></thead>
<tbody>
${targets.map((target, index) => {
  const { status, words } = targetVerdict(target);
  return markup`<tr class="${status}"><td class="status">${MARKS[status]} ${STATUS_WORDS[status]}</td><th scope="row"><a href="#target-${index + 1}">${target.name}</a></th><td>${words}</td><td class="spare">${countsText(countChecks(target.checks))}</td><td class="number">${shownMs(target.ms)}</td></tr>\n`;
})}</tbody>
</table></div></nav>
`;
}

/**
 * Renders one target. If there are several targets, shows the name of the target, and shortens and collapses
 * a healthy target.
 */
function targetHtml(target: TargetReport, index: number, alone: boolean): Markup {
  const { status, words } = targetVerdict(target);
  const id = `target-${index + 1}`;
  if (!alone && status === 'pass') return healthyHtml(target, id, words);
  const title = (text: string) => (alone ? markup`<h2>${text}</h2>\n` : markup`<h3>${text}</h3>\n`);
  const heading = alone
    ? NOTHING
    : markup`<h2 id="${id}-name">${target.name}: <span class="status">${MARKS[status]} ${words}</span></h2>
<dl class="facts">
${targetFacts(target).slice(1)}</dl>
`;
  return markup`<section id="${id}"${alone ? NOTHING : markup` aria-labelledby="${id}-name"`} class="${status}">
${heading}${title('Chain')}${chainSvg(target)}${title('Checks')}${checksHtml(target.checks)}${title('Timing')}<div class="scroll">${timesHtml(target.checks)}</div>
</section>
`;
}

function healthyHtml(target: TargetReport, id: string, words: string): Markup {
  return markup`<details id="${id}" class="healthy pass">
<summary><strong>${target.name}</strong>: <span class="status">${MARKS.pass} ${words}</span></summary>
<dl class="facts">
${targetFacts(target).slice(1)}</dl>
<div class="scroll"><table class="overview">
<tbody>
${target.checks.map(healthyRow)}</tbody>
</table></div>
</details>
`;
}

function healthyRow({ status, id, title, detail, ms }: CheckResult): Markup {
  const time = status === 'skip' ? '' : shownMs(ms);
  return markup`<tr><td>${MARKS[status]} ${id}</td><td>${detail ?? title}</td><td class="number">${time}</td></tr>
`;
}
