import { expect, test } from 'vitest';
import type { CheckStatus } from '../../../../src/lib/core/check-run.ts';
import { linkStates } from '../../../../src/lib/render/check/link-state.ts';
import { check, HEALTHY, target } from './reports.ts';

function stateOf(...statuses: readonly CheckStatus[]) {
  const checks = statuses.map((status, index) =>
    check(0, { id: `net.${index}`, title: 'x', link: 'cluster', status }),
  );
  const { status, check: first, broken } = linkStates(target(checks)).at(-1) ?? {};
  return [status, first?.id ?? null, broken];
}

test('failed beats warned beats passed beats skipped, and the first of its kind speaks for the link', () => {
  expect(stateOf('skip', 'pass', 'warn', 'fail', 'fail')).toEqual(['fail', 'net.3', true]);
  expect(stateOf('skip', 'pass', 'warn')).toEqual(['warn', 'net.2', false]);
  expect(stateOf('skip', 'pass', 'pass')).toEqual(['pass', 'net.1', false]);
  expect(stateOf('skip')).toEqual(['skip', 'net.0', false]);
  expect(stateOf()).toEqual(['skip', null, false]);
});

test('the API is a link only where something was found out about it', () => {
  const [healthy = target([])] = HEALTHY.targets;
  expect(linkStates(healthy).map(({ link }) => link)).not.toContain('api');
  const api = check(0, { id: 'net.api', title: 'x', link: 'api' });
  expect(linkStates(target([...healthy.checks, api])).at(-1)).toMatchObject({ link: 'api', status: 'pass' });
});

test('only the link of the first failure is where the chain breaks', () => {
  const checks = (['sts', 'cluster'] as const).map((link) =>
    check(0, { id: `${link}.x`, title: 'x', link, status: 'fail' }),
  );
  expect(
    linkStates(target(checks))
      .filter(({ broken }) => broken)
      .map(({ link }) => link),
  ).toEqual(['sts']);
});
