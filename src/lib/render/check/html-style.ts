/**
 * The style sheet of the report. It loads no other files. All information that colors show is also in
 * symbols or words.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1c2128; --quiet: #57606a; --line: #d5dae0; --code: #eff1f4;
  --pass: #17692f; --warn: #855000; --fail: #b3131b; --skip: #57606a;
  --pass-soft: #e7f4ea; --warn-soft: #fdf3dc; --fail-soft: #fdebeb; --skip-soft: #f1f3f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216; --card: #171b21; --text: #e6e9ed; --quiet: #a3adb8; --line: #333b45; --code: #222831;
    --pass: #63d48e; --warn: #f0b84a; --fail: #ff8f87; --skip: #a3adb8;
    --pass-soft: #14291c; --warn-soft: #2e2410; --fail-soft: #351a1b; --skip-soft: #1e242b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.3rem; margin-top: 2.5rem; }
h3, .verdict + section h2 { font-size: 1rem; margin: 1.75rem 0 .6rem; color: var(--quiet); font-weight: 600; }
p { margin: .5rem 0 0; overflow-wrap: anywhere; }
code, .value { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em;
  unicode-bidi: isolate; overflow-wrap: anywhere; }
.pass { --tone: var(--pass); --soft: var(--pass-soft); }
.warn { --tone: var(--warn); --soft: var(--warn-soft); }
.fail { --tone: var(--fail); --soft: var(--fail-soft); }
.skip { --tone: var(--skip); --soft: var(--skip-soft); }

.verdict { border: 1px solid var(--tone); border-left-width: .5rem; border-radius: .5rem; background: var(--soft);
  margin-top: 1.5rem; padding: 1.25rem 1.5rem; }
.verdict h1 { color: var(--tone); }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: 1rem 0 0; font-size: .875rem; }
.facts div { display: flex; gap: .5rem; min-width: 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.label { color: var(--quiet); font-size: .875rem; display: block; }
.type { display: block; margin-top: .25rem; padding: .6rem .8rem; border-radius: .35rem; background: var(--code);
  border: 1px solid var(--line); color: var(--text); user-select: all; white-space: pre-wrap; }

.overview, .times { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
.overview th, .overview td, .times th, .times td { text-align: left; padding: .4rem .75rem; border-top: 1px solid var(--line);
  vertical-align: top; font-size: .9rem; font-weight: 400; }
.overview thead th, .times thead th { color: var(--quiet); font-size: .8rem; border-top: 0; }
.overview a { color: inherit; }
.status { color: var(--tone); font-weight: 600; white-space: nowrap; }
h2 .status { white-space: normal; }
.number { text-align: right !important; white-space: nowrap; font-variant-numeric: tabular-nums; }

.chain { display: block; width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.chain.narrow { display: none; }
.chain text { fill: var(--text); font: 600 14px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.chain .state, .chain .cross, .chain .why { fill: var(--tone); }
.chain .state { font-weight: 400; font-size: 13px; }
.chain .why { font: 600 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.chain rect { fill: var(--soft); stroke: var(--tone); stroke-width: 1.5; }
.chain .fail rect { stroke-width: 3; }
.chain .skip rect { stroke-dasharray: 5 4; }
.chain path { fill: none; stroke: var(--tone); stroke-width: 2; }
.chain path.head { fill: var(--tone); stroke: none; }
.chain .skip path { stroke-dasharray: 4 4; }
.chain circle { fill: var(--card); stroke: var(--tone); stroke-width: 2; }

.checks { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
.check { border-top: 1px solid var(--line); border-left: .3rem solid var(--tone); }
.check:first-child { border-top: 0; }
.check > summary { display: grid; grid-template-columns: 6.25rem minmax(0, 15rem) minmax(0, 1fr) auto; gap: .75rem; padding: .5rem .9rem;
  cursor: pointer; list-style: none; align-items: baseline; }
.check > summary::-webkit-details-marker { display: none; }
.check > summary:focus-visible, a:focus-visible { outline: 2px solid var(--tone, var(--text)); outline-offset: -2px; }
.check .status::after { content: " ▸"; color: var(--quiet); }
.check[open] .status::after { content: " ▾"; }
.check .time { color: var(--quiet); font-size: .875rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.check .body { padding: 0 .9rem 1rem; }
.check .body > :first-child { margin-top: 0; }
.check.fail > summary, .check.warn > summary { background: var(--soft); }
.check.fail .body, .check.warn .body { padding-top: .6rem; }
.check .seen { display: block; color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.check.skip .what { color: var(--quiet); }

.healthy { margin-top: 1rem; padding: .6rem .9rem; background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--tone); }
.healthy > summary { cursor: pointer; overflow-wrap: anywhere; }
.healthy td { overflow-wrap: anywhere; }

.scroll { overflow-x: auto; margin-top: .75rem; }
.claims { border-collapse: collapse; font-size: .9rem; min-width: 100%; border: 1px solid var(--line); }
.claims th, .claims td { text-align: left; vertical-align: baseline; padding: .25rem .7rem; font-weight: 400; }
.claims tbody { border-top: 1px solid var(--line); }
.claims thead th { color: var(--quiet); font-size: .8rem; }
.claims .what { font-weight: 600; }
.claims .quiet { color: var(--quiet); }
.claims .side { white-space: nowrap; }
.claims .value { white-space: pre; overflow-wrap: normal; }
.claims mark { background: var(--soft); color: var(--tone); font-weight: 700; text-decoration: underline 2px; text-underline-offset: .2em;
  outline: 1px solid var(--tone); border-radius: .1em; padding: 0 .05em; }
.claims mark.gap::before { content: "\\2038"; }
.note { color: var(--fail); font-weight: 600; }

.times .bar { width: 55%; }
.times svg { display: block; width: 100%; height: .8rem; margin-top: .3rem; overflow: visible; }
.times rect { fill: var(--tone); }
.times line { stroke: var(--line); }
footer { color: var(--quiet); font-size: .85rem; padding-top: 2rem; padding-bottom: 2.5rem; }

@media (max-width: 44rem) {
  .chain.wide { display: none; }
  .chain.narrow { display: block; max-width: 26rem; }
  .verdict { padding: 1rem; }
  .check > summary { grid-template-columns: 1fr auto; gap: .1rem .75rem; }
  .check > summary code { grid-column: 1 / -1; grid-row: 2; }
  .check > summary .what { grid-column: 1 / -1; grid-row: 3; }
  .check .body { padding-left: .9rem; }
  .claims .value { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 12rem; }
  .overview th, .overview td, .times th, .times td { padding: .35rem .5rem; }
  .times .bar { width: 40%; }
  .overview .spare { display: none; }
  .overview th { overflow-wrap: anywhere; min-width: 3.5rem; }
  .overview td { overflow-wrap: anywhere; }
}
@media print {
  :root { --page: #ffffff; --card: #ffffff; --text: #000000; --quiet: #444444; --line: #bbbbbb; --code: #f4f4f4;
    --pass: #17692f; --warn: #855000; --fail: #b3131b; --skip: #444444;
    --pass-soft: #ffffff; --warn-soft: #ffffff; --fail-soft: #ffffff; --skip-soft: #ffffff; }
  * { print-color-adjust: exact; }
  .check > summary, .verdict, .chain, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .claims .value { white-space: pre-wrap; overflow-wrap: anywhere; }
  html { font-size: 13px; }
  .check > summary { grid-template-columns: 5.5rem minmax(0, 13rem) minmax(0, 1fr) auto; }
}
`;
