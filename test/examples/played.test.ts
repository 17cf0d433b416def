import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { bundle } from '../../scripts/bundle.js';
import { example } from '../support/example-commands.ts';
import { actionCheckout, runAction } from '../support/github-runner.ts';
import { BIN } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

let lab: RunningLab | undefined;

afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

/** The programs that the examples' jobs find on their PATH. */
function tools(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-path-'));
  const programs = {
    fedctl: `exec '${process.execPath}' -- '${BIN}' "$@"`,
    npm: `[ "$*" = ci ] || exit 90`,
    npx: `[ "$1 $2" = '--no --' ] || exit 91\nshift 2\nexec "$@"`,
  };
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  return directory;
}

interface Job {
  readonly code: number | null;
  readonly stdout: string;
  readonly directory: string;
}

/** Runs lines as a job does, in an empty directory: the first that fails ends it. */
async function runJob(
  lines: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Job> {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-job-'));
  const child = spawn('/bin/sh', ['-euc', lines.join('\n')], {
    cwd: directory,
    env: { HOME: '/nonexistent', PATH: `${tools()}:${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, directory };
}

/** What a lab of a platform offers; with a cluster whose port is closed, if it is to be broken. */
async function start(platform: string, broken: boolean): Promise<Record<string, string>> {
  lab = await runLab('--as', platform);
  return { ...lab.env, ...(broken ? { FEDCTL_URI: 'mongodb://127.0.0.1:1/?directConnection=true' } : {}) };
}

const ENDS = [
  ['holds', 0],
  ['is broken', 5],
] as const;

const REPORTS = ['fedctl-check.html', 'fedctl-check.xml'];

/** Without waiting: what is broken here stays broken. */
const atOnce = (line: string) => line.replace(/ --wait 60s/, '');

describe.each(ENDS)('the chain %s', { timeout: 60_000 }, (_title, exit) => {
  test('in GitLab', async () => {
    const { 'fedctl-check': job } = parse(example('gitlab/.gitlab-ci.yml'));
    const env = await start('eks', exit !== 0);
    // The platform gives the token as a variable, and the job makes the file.
    const token = readFileSync(env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '', 'utf8');
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-token-')), 'aws-id-token');
    const { code, stdout, directory } = await runJob([...job.before_script, ...job.script.map(atOnce)], {
      ...env,
      AWS_ID_TOKEN: token,
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
    });
    expect(stdout).toContain(exit === 0 ? 'mongo.oidc.login' : '✗ mongo.tcp');
    expect({ code, reports: readdirSync(directory) }).toEqual({ code: exit, reports: REPORTS });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('in Jenkins', async () => {
    const stages = /^ {4}stages \{\n(.*?)^ {4}\}/ms.exec(example('jenkins/Jenkinsfile'))?.[1] ?? '';
    const lines = [...stages.matchAll(/\bsh '([^']*)'/g)].map(([, line = '']) => atOnce(line));
    const { code, directory } = await runJob(lines, await start('ec2', exit !== 0));
    expect({ code, reports: readdirSync(directory) }).toEqual({ code: exit, reports: REPORTS });
  });

  test('in Kubernetes', async () => {
    const [, config, cron] = parseAllDocuments(example('kubernetes/cronjob.yaml')).map((each) => each.toJS());
    const env = await start('eks', exit !== 0);
    const [container] = cron.spec.jobTemplate.spec.template.spec.containers;
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-etc-')), 'fedctl.yaml');
    const text: string = config.data['fedctl.yaml'];
    writeFileSync(
      file,
      text
        .replace(/uri: .*/, `uri: ${env['FEDCTL_URI']}`)
        .replace(/audience: .*/, `audience: ${env['FEDCTL_AUDIENCE']}`),
    );
    const words = container.args
      .map((word: string) => word.replace('/etc/fedctl/fedctl.yaml', file))
      .join(' ');
    const { FEDCTL_URI: _, FEDCTL_AUDIENCE: __, ...rest } = env;
    const { code, stdout, directory } = await runJob([atOnce(`fedctl ${words}`)], rest);
    expect(stdout).toMatch(/^orders {2}mongodb:/m);
    expect({ code, written: readdirSync(directory) }).toEqual({ code: exit, written: [] });
  });

  test('in GitHub Actions', async () => {
    const { jobs } = parse(example('github-actions/check.yml'));
    const given = jobs['after-push'].steps.find(({ id }: { id?: string }) => id === 'fedctl').with;
    const env = await start('eks', exit !== 0);
    let directory = '';
    const actionPath = actionCheckout((place) => {
      directory = place;
    });
    await bundle(directory);
    const { code, outputs, workspace } = await runAction({
      actionPath,
      env,
      inputs: { ...given, uri: env['FEDCTL_URI'], audience: env['FEDCTL_AUDIENCE'], wait: '' },
    });
    expect({ code, reports: readdirSync(workspace) }).toEqual({ code: exit, reports: REPORTS });
    expect([outputs['junit'], outputs['html']]).toEqual([
      join(workspace, 'fedctl-check.xml'),
      join(workspace, 'fedctl-check.html'),
    ]);
    expect(outputs['first-failure']).toBe(exit === 0 ? '' : 'mongo.tcp');
  });
});
