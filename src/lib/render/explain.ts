import wrapAnsi from 'wrap-ansi';
import type { Match } from '../failures/match.ts';
import { type ExplainedCode, type Symptom, symptoms } from '../failures/page.ts';
import type { Page } from '../failures/pages.ts';
import type { Theme } from './theme.ts';

/** Formats one page as JSON: schema `fedctl.explain/v1`. */
export function explainDocument(page: Page, titleOf: TitleOf) {
  const { code, title, exit, cause, remedy, meaning, causes, commands, sources, reported } = page;
  return {
    schema: 'fedctl.explain/v1',
    code,
    title,
    exitCode: exit,
    cause,
    remedy,
    meaning,
    shows: symptoms(page.shows),
    alsoShows: symptoms(page.alsoShows),
    causes,
    apart: entriesOf(page.apart).map(([other, how]) => ({ code: other, title: titleOf(other), how })),
    commands,
    sources,
    provoked: reported === null,
    fieldReport: reported,
  } as const;
}

export type TitleOf = (code: ExplainedCode) => string;

/** Formats one page for people. Wraps prose to `width` columns. Commands are not wrapped. */
export function explainLines(page: Page, titleOf: TitleOf, theme: Theme, width: number): readonly string[] {
  const { code, title, meaning, shows, alsoShows, causes, apart, commands, sources, reported } = page;
  const prose = (text: string, indent = 0, first = ' '.repeat(indent)) => wrapped(text, width, indent, first);
  const exit = page.exit === null ? 'reported by other software only' : `exit code ${page.exit}`;
  return [
    `${theme.strong(code)}: ${title} ${theme.dim(`(${exit})`)}`,
    '',
    ...prose(meaning),
    ...section('Texts', shown([...symptoms(shows), ...symptoms(alsoShows)], theme, prose), theme),
    ...section(
      'Causes, most likely first',
      causes.flatMap((each, index) => prose(each, 5, `${index + 1}.`.padStart(4).padEnd(5))),
      theme,
    ),
    ...section(
      'Similar codes',
      entriesOf(apart).flatMap(([other, how]) => [
        `  ${theme.strong(other)}: ${titleOf(other)}`,
        ...prose(how, 5),
      ]),
      theme,
    ),
    ...section(
      'Commands',
      commands.map((line) => `  ${theme.typed(line)}`),
      theme,
    ),
    ...section(
      'Sources',
      sources.map((each) => `  ${each}`),
      theme,
    ),
    ...(reported === null ? [] : ['', ...prose(`Source: ${reported}`).map(theme.dim)]),
  ];
}

/** The maximum number of known error texts to show. */
const MOST_TEXTS = 12;

/** Formats the known error texts. If there are too many, shows only the first text for each program. */
function shown(
  all: readonly Symptom[],
  theme: Theme,
  prose: (text: string, indent: number) => readonly string[],
): readonly string[] {
  if (all.length <= MOST_TEXTS) return said(all, theme, prose);
  const first = all.filter(({ from }, index) => all.findIndex((other) => other.from === from) === index);
  return [
    ...said(first, theme, prose),
    ...prose(`and ${all.length - first.length} other texts (see --json)`, 2),
  ];
}

/** Formats the known error texts, grouped by the program that prints them. */
function said(
  all: readonly Symptom[],
  theme: Theme,
  prose: (text: string, indent: number) => readonly string[],
): string[] {
  return all.flatMap(({ from, text }, index) => [
    ...(all[index - 1]?.from === from ? [] : [`  ${theme.dim(`${from}:`)}`]),
    ...prose(text, 5),
  ]);
}

function section(title: string, lines: readonly string[], theme: Theme): string[] {
  return lines.length === 0 ? [] : ['', theme.strong(title), ...lines];
}

function wrapped(text: string, width: number, indent: number, first: string): readonly string[] {
  const lines = wrapAnsi(text, Math.max(width - indent, 40)).split('\n');
  return lines.map((line, index) => `${index === 0 ? first : ' '.repeat(indent)}${line}`);
}

/** Returns the entries with typed keys. The script that generates the pages validates the keys. */
function entriesOf(apart: Page['apart']): [ExplainedCode, string][] {
  return Object.entries(apart) as [ExplainedCode, string][];
}

interface Area {
  readonly name: string;
  readonly codes: readonly ExplainedCode[];
}

/** Formats the list of pages as JSON: schema `fedctl.explanations/v1`. */
export function explanationsDocument(areas: readonly Area[], titleOf: TitleOf) {
  return {
    schema: 'fedctl.explanations/v1',
    areas: areas.map(({ name, codes }) => ({
      name,
      codes: codes.map((code) => ({ code, title: titleOf(code) })),
    })),
  } as const;
}

export function explanationsLines(areas: readonly Area[], titleOf: TitleOf, theme: Theme): readonly string[] {
  const width = Math.max(...areas.flatMap(({ codes }) => codes.map((code) => code.length)));
  return areas.flatMap(({ name, codes }, index) => [
    ...(index === 0 ? [] : ['']),
    theme.strong(name),
    ...codes.map((code) => `  ${code.padEnd(width)}  ${titleOf(code)}`),
  ]);
}

/**
 * Returns a JSON document (schema `fedctl.explain-text/v1`) with the codes that match a pasted text. The
 * document contains no part of this text.
 */
export function matchesDocument(found: readonly Match[], titleOf: TitleOf) {
  return {
    schema: 'fedctl.explain-text/v1',
    matches: found.map(({ code, symptom, line }) => ({
      code,
      title: titleOf(code),
      from: symptom.from,
      text: symptom.text,
      line,
    })),
  } as const;
}

/**
 * Formats the codes that match a pasted text, the most likely first, each with the known text that matched.
 */
export function matchesLines(
  found: readonly Match[],
  titleOf: TitleOf,
  theme: Theme,
  width: number,
): readonly string[] {
  const [best] = found;
  if (best === undefined) return NOTHING_FOUND;
  const rows = found.flatMap(({ code, symptom, line }) => [
    `${theme.strong(code)}: ${titleOf(code)}`,
    ...wrapped(`line ${line}, ${reason({ code, symptom, line })}`, width, 2, '  '),
  ]);
  return [...rows, '', `More: ${theme.typed(`fedctl explain ${best.code}`)}`];
}

function reason({ code, symptom }: Match): string {
  return symptom.text === code ? 'contains the code itself' : `${symptom.from} prints: ${symptom.text}`;
}

const NOTHING_FOUND = [
  'No known failure matches this text. Include the complete lines, with the names of the programs.',
  '',
  'Try instead:',
  '  fedctl check                         check the whole chain and report the first failure',
  '  fedctl explain                       list all codes',
  '  <program> 2>&1 | fedctl explain -    include nested errors: print error.cause and error.reason too',
];
