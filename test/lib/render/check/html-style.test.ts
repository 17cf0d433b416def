import { describe, expect, test } from 'vitest';
import { STYLE } from '../../../../src/lib/render/check/html-style.ts';

/** The colors of light, dark and print, in this order, as the sheet declares them. */
const PALETTES = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, body = '']) =>
    new Map(
      [...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
    ),
);

/** Relative luminance and contrast (WCAG 2.2, "relative luminance" and "contrast ratio"). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test('the measure itself: black on white is 21, and grey #777777 on white just misses 4.5', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

const STATUSES = ['pass', 'warn', 'fail', 'skip'];
const PAIRS = [
  ...['text', 'quiet'].flatMap((text) => ['page', 'card'].map((ground) => [text, ground])),
  ...STATUSES.flatMap((status) => [status, 'text', 'quiet'].map((text) => [text, `${status}-soft`])),
  ...STATUSES.flatMap((status) => ['page', 'card'].map((ground) => [status, ground])),
  ['text', 'code'],
];

describe.each([['light'], ['dark'], ['print']])('%s', (name) => {
  const palette = PALETTES[['light', 'dark', 'print'].indexOf(name)] ?? new Map<string, string>();

  test.each(PAIRS)('%s can be read on %s (WCAG 2.2, 1.4.3: at least 4.5 to 1)', (text = '', ground = '') => {
    const [one, other] = [palette.get(text), palette.get(ground)];
    if (one === undefined || other === undefined) throw new Error(`no color ${text} or ${ground}`);
    expect(contrast(one, other)).toBeGreaterThanOrEqual(4.5);
  });
});
