import { expect, test } from 'vitest';
import { SCENARIOS } from '../../src/sandbox/scenarios/scenarios.ts';
import { type End, follow, standIns } from './follow.ts';
import { OUTSIDE } from './outside.ts';

/**
 * For every scenario, through check, connect and token: whoever runs the commands that fedctl prints ends with a whole
 * chain, or with a text that says who has to do what outside. Those texts stand in outside.ts.
 */

/** Labs at once: most of their time is waiting. */
const AT_ONCE = Number(process.env['CLOSURE_AT_ONCE'] ?? 6);
const only = process.env['CLOSURE_ONLY']?.split(',') ?? null;

test('the commands that are printed lead to a whole chain, or to a text that names what is to be done outside', async () => {
  const { directory, remove } = await standIns();
  const queue = SCENARIOS.filter(({ name }) => only?.includes(name) !== false).flatMap((scenario) =>
    (['check', 'connect', 'token'] as const).map((command) => ({ scenario, command })),
  );
  const ends = new Map<string, End>();
  const order = queue.map(({ scenario, command }) => `${scenario.name} ${command}`);
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { scenario, command } = next;
      const name = `${scenario.name} ${command}`;
      const end = await follow(scenario, command, directory).catch((error: unknown) => broken(error));
      ends.set(name, end);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await remove();
  }
  const all = order.flatMap((name) => {
    const end = ends.get(name);
    return end === undefined ? [] : [{ name, ...end }];
  });
  const whole = all.filter((end) => end.whole);
  const others = all.filter((end) => !end.whole);
  process.stdout.write(
    [
      ...others.map(({ name, remedy }) => `${name}: ${remedy ?? ''}`),
      `${whole.length} of ${all.length} end whole`,
      '',
    ].join('\n'),
  );
  const faults = all.filter(({ fault }) => fault !== null);
  const outside = others.map(({ name, remedy }) => [name, steady(remedy ?? '')]);
  const expected = Object.entries(OUTSIDE).filter(([name]) => order.includes(name));
  expect({ faults, outside: Object.fromEntries(outside) }).toEqual({
    faults: [],
    outside: Object.fromEntries(expected),
  });
});

/** A lab or a command that broke counts as a fault of its scenario, and the others go on. */
function broken(error: unknown): End {
  return { whole: false, ran: [], remedy: null, fault: String(error) };
}

/** Without what differs from lab to lab: ports, ids of Atlas, and the lab's directory. */
function steady(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>').replaceAll(/\b[0-9a-f]{24}\b/g, '<id>');
}
