import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/lib/check/catalogue.ts';
import { type CheckLab, startCheckLab } from '../support/check-lab.ts';
import { schemaFaults } from '../support/schema.ts';

let lab: CheckLab;

beforeAll(async () => {
  lab = await startCheckLab();
});

afterAll(() => lab[Symbol.asyncDispose]());

const FULL = ['--mechanism', 'both', '--write-probe', '--role-arn'] as const;

function options(): string[] {
  const arn = lab.lab.world.roles[0]?.arn ?? '';
  return [...FULL, arn];
}

describe('--skip', () => {
  test.each(CATALOGUE.map(({ id }) => id))('%s breaks nothing that stands', async (id) => {
    const { code, path, of } = await lab.answer([
      '--mechanism',
      'both',
      '--negative',
      '--skip',
      id,
      '--skip',
      'sts.foreign-audience',
      '--skip',
      'sts.second-audience',
    ]);
    expect(path.filter((each) => each.endsWith(' fail'))).toEqual([]);
    expect(code).toBe(0);
    if (of(id) !== undefined) expect(of(id)).toMatchObject({ status: 'skip', detail: 'skipped with --skip' });
  });

  test('what unknown without it says so', async () => {
    const { code, of } = await lab.answer(['--skip', 'aws.profile']);
    expect(code).toBe(0);
    expect(of('aws.region')).toMatchObject({
      status: 'skip',
      detail: 'not run, because --skip excludes aws.profile',
    });
    expect(of('sts.mint')).toMatchObject({
      status: 'skip',
      detail: 'not run, because --skip excludes aws.profile',
    });
    expect(of('mongo.oidc.login')).toMatchObject({
      status: 'skip',
      detail: 'not run, because --skip excludes aws.profile',
    });
    expect(of('mongo.hello')?.status).toBe('pass');
  });

  test('of the identity leaves no keys to log in with', async () => {
    const { of } = await lab.answer(['--mechanism', 'aws', '--skip', 'aws.identity']);
    expect(of('mongo.aws.login')).toMatchObject({
      status: 'skip',
      detail: 'not run, because --skip excludes aws.identity',
    });
  });

  test('of the role does not go on as somebody else', async () => {
    const { of } = await lab.answer([...options(), '--skip', 'sts.role']);
    expect(of('sts.mint')).toMatchObject({
      status: 'skip',
      detail: 'not run, because --skip excludes sts.role',
    });
    expect(of('mongo.aws.login')?.status).toBe('skip');
  });

  test('of what nobody knows is refused', async () => {
    const { code, stdout, stderr } = await lab.check(['--skip', 'mongo.odic']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'error: Invalid --skip: no check is named "mongo.odic"; did you mean "mongo.oidc"?',
    );
    expect(stderr).toContain('run:    fedctl check --list');
  });
});

describe('--only', () => {
  test('runs the check with what it needs, and nothing else', async () => {
    const { code, path } = await lab.answer(['--only', 'sts.mint']);
    expect(code).toBe(0);
    expect(path).toEqual([
      'aws.profile pass',
      'aws.region pass',
      'aws.credentials pass',
      'aws.identity pass',
      'iam.federation pass',
      'sts.mint pass',
    ]);
  });

  test('takes the beginning of an id', async () => {
    const { path } = await lab.answer(['--only', 'mongo.dns', '--only', 'config']);
    expect(path).toEqual(['config.target pass', 'mongo.dns pass']);
  });

  test('says for sure only what was looked at', async () => {
    const { code, stdout } = await lab.check(['--only', 'mongo.dns']);
    expect(code).toBe(0);
    expect(stdout).toContain('no failures, but no login was attempted');
  });
});

describe('--list', () => {
  test('names every check with what it asserts, and asks nobody', async () => {
    const { code, stdout, stderr } = await lab.check(['--list'], { FEDCTL_URI: 'nonsense' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual(
      CATALOGUE.map(({ id, title }) => `${id.padEnd(25)}  ${title}`),
    );
  });

  test('as JSON says what needs what', async () => {
    const { code, stdout } = await lab.check(['--list', '--json']);
    const document: unknown = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(schemaFaults('checks', document)).toEqual([]);
    expect(document).toEqual({
      schema: 'fedctl.checks/v1',
      checks: CATALOGUE.map(({ id, title, link, needs }) => ({
        id,
        title,
        link,
        needs: needs.map((each) => each.id),
      })),
      warnings: [],
    });
  });

  test.each(['junit', 'github', 'markdown', 'html'])('has no format %s', async (format) => {
    const { code, stdout, stderr } = await lab.check(['--list', '--output', format]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: --list supports human and json output, not ${format}.`);
  });
});
