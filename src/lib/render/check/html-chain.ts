import type { CheckStatus, TargetReport } from '../../core/check-run.ts';
import { LINK_NAMES, type LinkState, linkStates } from './link-state.ts';
import { type Markup, markup } from './markup.ts';
import { MARKS, STATUS_WORDS } from './verdict.ts';

interface Box {
  readonly state: LinkState;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow to a box. `end` is the tip of the arrow. `middle` is the position of the failure mark. */
interface Way {
  readonly status: CheckStatus;
  readonly path: string;
  readonly end: readonly [x: number, y: number, direction: 'right' | 'down'];
  readonly middle: readonly [x: number, y: number];
}

/**
 * Draws the chain twice, for wide and for narrow pages. The style sheet shows one of the two drawings.
 * Numbers are in SVG units.
 */
export function chainSvg(target: TargetReport): readonly Markup[] {
  const states = linkStates(target);
  const said = states.map(({ link, status }) => `${LINK_NAMES[link]} ${STATUS_WORDS[status]}`).join(', ');
  const broken = target.firstFailure === null ? '' : `; the first failure is ${target.firstFailure}`;
  return [wide(states, `The chain: ${said}${broken}`), narrow(states, `The chain: ${said}${broken}`)];
}

const WIDE = { width: 966, left: 16, top: 18, box: 104, height: 66, gap: 34 };

function wide(states: readonly LinkState[], label: string): Markup {
  const { width, left, top, box, height, gap } = WIDE;
  const fork = 4;
  const lower = top + height + 34;
  const boxes = states.map((state, index): Box => {
    const branch = state.link === 'api';
    return {
      state,
      x: left + (branch ? fork : index) * (box + gap),
      y: branch ? lower : top,
      width: box,
      height: branch ? 54 : height,
    };
  });
  const ways = boxes.slice(1).map(({ state, x, y, height: tall }): Way => {
    const middle = y + tall / 2;
    const start = x - gap;
    const path =
      state.link === 'api'
        ? `M${start - box / 2} ${top + height} V${middle} H${x - 8}`
        : `M${start} ${middle} H${x - 8}`;
    return {
      status: state.status,
      path,
      end: [x, middle, 'right'],
      middle: [x - gap / 2 - 3, middle],
    };
  });
  const bottom = Math.max(...boxes.map((each) => each.y + each.height));
  const reasons = boxes.map((each) => wideReason(each, width));
  const room = boxes.some(({ state }) => state.broken) ? 40 : 18;
  return markup`<svg class="chain wide" viewBox="0 0 ${width} ${bottom + room}" role="img" aria-label="${label}">
${ways.map(waySvg)}${boxes.map(wideBox)}${reasons}</svg>
`;
}

function wideBox({ state, x, y, width, height }: Box): Markup {
  const words = LINK_NAMES[state.link].split(' ');
  const middle = x + width / 2;
  const lines = [...words, `${MARKS[state.status]} ${STATUS_WORDS[state.status]}`];
  const first = y + height / 2 + 5 - ((lines.length - 1) * 18) / 2;
  return markup`<g class="${state.status}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${lines.map(
    (line, index) =>
      markup`<text x="${middle}" y="${first + index * 18}" text-anchor="middle"${index === lines.length - 1 ? STATE : NOTHING}>${line}</text>`,
  )}</g>
`;
}

const STATE = markup` class="state"`;
const NOTHING = markup``;

/**
 * Draws the ID of the failed check below the box of the broken link, but not beyond the edges of the image.
 */
function wideReason({ state, x, y, width, height }: Box, all: number): Markup {
  if (!state.broken || state.check === null) return NOTHING;
  const middle = x + width / 2;
  const half = (state.check.id.length * 8) / 2;
  const anchor = middle - half < 8 ? 'start' : middle + half > all - 8 ? 'end' : 'middle';
  const at = { start: x, middle, end: x + width }[anchor];
  return markup`<g class="fail"><text class="why" x="${at}" y="${y + height + 24}" text-anchor="${anchor}">${state.check.id}</text></g>
`;
}

const NARROW = { width: 340, left: 14, top: 14, box: 312, height: 38, gap: 26, indent: 44 };

/** Draws the chain from top to bottom. The branch for the API starts below the issuer. */
function narrow(states: readonly LinkState[], label: string): Markup {
  const { width, left, top, box, height, gap, indent } = NARROW;
  const main = states.filter(({ link }) => link !== 'api');
  const api = states.filter(({ link }) => link === 'api');
  const ordered = [...main.slice(0, 4), ...api, ...main.slice(4)];
  let y = top;
  const boxes = ordered.map((state): Box => {
    const inset = state.link === 'api' ? indent : 0;
    const placed = {
      state,
      x: left + inset,
      y,
      width: box - inset,
      height: state.broken ? height + 20 : height,
    };
    y += placed.height + gap;
    return placed;
  });
  const stem = left + indent / 2;
  const ways = boxes.slice(1).map((each, index): Way => narrowWay(each, boxes[index], stem));
  return markup`<svg class="chain narrow" viewBox="0 0 ${width} ${y - gap + top}" role="img" aria-label="${label}">
${ways.map(waySvg)}${boxes.map(narrowBox)}</svg>
`;
}

function narrowWay({ state, x, y, height }: Box, above: Box | undefined, stem: number): Way {
  const { status, link } = state;
  const from = above === undefined ? 0 : above.y + above.height;
  if (link === 'api') {
    const middle = y + height / 2;
    return {
      status,
      path: `M${stem} ${from} V${middle} H${x - 8}`,
      end: [x, middle, 'right'],
      middle: [stem, middle - 14],
    };
  }
  // If the previous box is an API box, the arrow starts above that box and passes to the left of it, so that the
  // vertical line has no gap.
  const start = above?.state.link === 'api' ? above.y - NARROW.gap : from;
  return {
    status,
    path: `M${stem} ${start} V${y - 8}`,
    end: [stem, y, 'down'],
    middle: [stem, y - NARROW.gap / 2 - 2],
  };
}

function narrowBox({ state, x, y, width, height }: Box): Markup {
  const reason =
    state.broken && state.check !== null
      ? markup`<text class="why" x="${x + 14}" y="${y + 44}">${state.check.id}</text>`
      : NOTHING;
  return markup`<g class="${state.status}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/><text x="${x + 14}" y="${y + 24}">${LINK_NAMES[state.link]}</text><text class="state" x="${x + width - 14}" y="${y + 24}" text-anchor="end">${MARKS[state.status]} ${STATUS_WORDS[state.status]}</text>${reason}</g>
`;
}

function waySvg({ status, path, end, middle }: Way): Markup {
  const [x, y, direction] = end;
  const head =
    direction === 'right'
      ? `M${x - 9} ${y - 5} L${x - 1} ${y} L${x - 9} ${y + 5} Z`
      : `M${x - 5} ${y - 9} L${x} ${y - 1} L${x + 5} ${y - 9} Z`;
  const [at, down] = middle;
  const cross =
    status === 'fail'
      ? markup`<circle cx="${at}" cy="${down}" r="9"/><text class="cross" x="${at}" y="${down + 5}" text-anchor="middle">${MARKS.fail}</text>`
      : NOTHING;
  return markup`<g class="${status}"><path d="${path}"/><path class="head" d="${head}"/>${cross}</g>
`;
}
