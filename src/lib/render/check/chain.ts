import type { CheckStatus, TargetReport } from '../../core/check-run.ts';
import type { Theme } from '../theme.ts';
import { LINK_NAMES, type LinkState, linkStates } from './link-state.ts';
import { MARKS } from './verdict.ts';

/**
 * The minimum number of terminal columns for a horizontal diagram. On a narrower terminal, the diagram is
 * vertical.
 */
const WIDTH = 80;

/** A part of a line: the text, and the status or kind that determines its color. */
type Piece = readonly [text: string, paint: CheckStatus | 'label'];
type Line = readonly Piece[];

/** For each link status, the arrow that points to the link. */
const ARROWS = { pass: '─────▶', warn: '─────▶', fail: '──✗──▶', skip: '╌╌╌╌╌▶' } as const;
const ACROSS = { pass: '─', warn: '─', fail: '─', skip: '╌' } as const;
const DOWN = { pass: '│', warn: '│', fail: '╳', skip: '┆' } as const;

/**
 * Draws the chain as a diagram and marks the broken link with its first failed check. The first row is the
 * AWS part. The issuer is connected to the relying parties: Atlas and, if there is one, the API.
 *
 * @param columns the width of the terminal; below 80 the diagram is vertical
 */
export function chainLines(
  target: Pick<TargetReport, 'checks' | 'firstFailure'>,
  { columns, theme }: { readonly columns: number; readonly theme: Theme },
): readonly string[] {
  const painters = {
    pass: theme.good,
    warn: theme.caution,
    fail: theme.bad,
    skip: theme.dim,
    label: theme.strong,
  };
  const states = linkStates(target);
  const lines = columns < WIDTH ? drawnDown(states) : drawnAcross(states);
  return lines.map((line) => line.map(([text, paint]) => painters[paint](text)).join(''));
}

function drawnAcross(states: readonly LinkState[]): Line[] {
  const [aws, atlas, api] = halves(states);
  const upper: Line = [['  ', 'skip'], ...row(aws).slice(1)];
  const width = plain(upper).length;
  const [turn, fork] = [statusOf(atlas), statusOf(api)];
  const lower: Line = [[api.length === 0 ? '  ╰' : '  ├', turn], ...row(atlas)];
  const last: Line = [['  ╰', fork], ...row(api)];
  const stem: Piece = [api.length === 0 ? '   ' : '  │', fork];
  return [
    ...label(aws, upper, ['╭', '╮'], ['   ', 'skip']),
    [...upper, [` ${ACROSS[turn]}╮`, turn]],
    [[`  ╭${ACROSS[turn].repeat(width - 1)}╯`, turn]],
    lower,
    ...label(atlas, lower, ['╰', '╯'], stem),
    ...(api.length === 0 ? [] : [last, ...label(api, last, ['╰', '╯'], ['   ', 'skip'])]),
  ];
}

/**
 * Splits the links into the AWS part, the Atlas part, and the API. The list for the API is empty if the chain
 * has no API.
 */
function halves(states: readonly LinkState[]) {
  return [states.slice(0, 4), states.slice(4, 7), states.slice(7)] as const;
}

function statusOf([first]: readonly LinkState[]): CheckStatus {
  return first?.status ?? 'skip';
}

/** Returns a row of links, each with its arrow in front. */
function row(states: readonly LinkState[]): Piece[] {
  return states.flatMap(({ link, status }, index): Piece[] => [
    [`${index === 0 ? '' : ' '}${ARROWS[status]} `, status],
    [`${MARKS[status]} ${LINK_NAMES[link]}`, status],
  ]);
}

function plain(line: Line): string {
  return line.map(([text]) => text).join('');
}

/**
 * Draws a line from the broken link to the ID of its failed check. Places the ID to the right of the link, or
 * to the left if there is not enough space.
 */
function label(
  states: readonly LinkState[],
  line: Line,
  corners: readonly [string, string],
  stem: Piece,
): Line[] {
  const broken = states.find((state) => state.broken);
  const name = brokenBy(broken);
  if (broken === undefined || name === null) return [];
  const at = plain(line).indexOf(nodeText(broken));
  const right = `${corners[0]}─ ${name}`;
  const left = `${name} ─${corners[1]}`;
  const toTheLeft = at + right.length > WIDTH && at + 1 - left.length > stem[0].length;
  const [start, text] = toTheLeft ? [at + 1 - left.length, left] : [at, right];
  return [[stem, [' '.repeat(Math.max(0, start - stem[0].length)), 'skip'], [text, 'label']]];
}

function nodeText({ link, status }: LinkState): string {
  return `${MARKS[status]} ${LINK_NAMES[link]}`;
}

function brokenBy(state: LinkState | undefined): string | null {
  return state?.broken === true && state.check !== null ? state.check.id : null;
}

/** Draws the chain from top to bottom. The branch for the API starts below the issuer. */
function drawnDown(states: readonly LinkState[]): Line[] {
  const [aws, atlas, api] = halves(states);
  const node = (state: LinkState): Line => {
    const name = brokenBy(state);
    const named: Line = name === null ? [] : [[` ◀─ ${name}`, 'label']];
    return [[nodeText(state), state.status], ...named];
  };
  const indent: Piece = ['  ', 'skip'];
  const down = (links: readonly LinkState[], first: boolean) =>
    links.flatMap((state, index): Line[] => [
      ...(first && index === 0 ? [] : [[indent, [DOWN[state.status], state.status]] as const]),
      [indent, ...node(state)],
    ]);
  const branch = api.map(
    (state): Line => [
      indent,
      ['├', statusOf(atlas)],
      [`${ARROWS[state.status].slice(1)} `, state.status],
      ...node(state),
    ],
  );
  return [...down(aws, true), ...branch, ...down(atlas, false)];
}
