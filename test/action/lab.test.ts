import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.js';
import { actionCheckout, runAction } from '../support/github-runner.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

/** The action with the real tool, bundled, in a lab. */
let actionPath: string;
let lab: RunningLab | undefined;

beforeAll(async () => {
  let directory = '';
  actionPath = actionCheckout((place) => {
    directory = place;
  });
  await bundle(directory);
});

afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});
afterAll(() => lab?.stop());

/** A scenario, as the workflow meets it: no input that the lab's variables do not give. */
async function play(options: readonly string[], inputs: Readonly<Record<string, string>> = {}) {
  lab = await runLab(...options);
  return await runAction({ inputs, env: lab.env, actionPath });
}

describe('the action in the lab', { timeout: 60_000 }, () => {
  test('a chain that holds', async () => {
    const { code, obeyed, outputs, stdout, summary } = await play(['--as', 'eks'], {
      mechanism: 'both',
      html: 'report.html',
      args: '--skip mongo.oidc.privileges',
    });
    expect(outputs).toMatchObject({ ok: 'true', 'first-failure': '', code: '' });
    expect(code).toBe(0);
    expect(obeyed.filter(({ name }) => name === 'error')).toEqual([]);
    expect(readFileSync(outputs['junit'] ?? '', 'utf8')).toMatch(/^<\?xml .*<testsuites/s);
    expect(readFileSync(outputs['html'] ?? '', 'utf8')).toMatch(/^<!doctype html>/i);
    const report = JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8')) as { ok: boolean };
    expect(report.ok).toBe(true);
    expect(summary).toContain('fedctl check');
    expect(stdout).toContain('mongo.aws.login');
  });

  test('a link that is broken, by name, with the annotation', async () => {
    const { code, obeyed, outputs, workspace } = await play(['--scenario', 'database-user-missing']);
    expect(code).toBe(5);
    expect(outputs).toMatchObject({
      ok: 'false',
      'first-failure': 'atlas.oidc.database-user',
      code: 'atlas.database-user-missing',
      junit: join(workspace, 'fedctl-check.xml'),
    });
    expect(readFileSync(outputs['junit'] ?? '', 'utf8')).toContain('atlas.database-user-missing');
    const [first] = obeyed.filter(({ name }) => name === 'error');
    expect(first?.properties).toBe('title=fedctl check%3A atlas.oidc.database-user');
    expect(first?.data).toContain('atlas dbusers create');
  });

  test('an input that cannot be: exit code 2, the reason, and none of what it tried', async () => {
    const attack = 'saml::set-output name=ok::true';
    const { code, obeyed, outputs } = await play([], { mechanism: attack });
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ ok: 'false', code: 'usage.invalid-value', report: '' });
    const said = obeyed.filter(({ name }) => name !== 'add-mask');
    expect(said.map(({ name }) => name)).toEqual(['error']);
    expect(said[0]?.data).toMatch(/^Invalid FEDCTL_MECHANISM /);
  });
});
