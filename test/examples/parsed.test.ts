import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { splitWords } from '../../action/words.js';
import { readCheckConfig } from '../../src/lib/config/check-config.ts';
import { CHECK_CONFIG_ID } from '../../src/lib/config/check-schema.ts';
import { ROOT } from '../architecture/imports.ts';
import { example, fedctlIn, parseTyped } from '../support/example-commands.ts';
import { actionFile } from '../support/github-runner.ts';

const FILES = readdirSync(join(ROOT, 'examples'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, 'examples/').length))
  .sort();

const CHECK_REPORTS = ['junit=fedctl-check.xml', 'html=fedctl-check.html'];

/** The targets of a configuration, as fedctl reads them. */
function targets(text: string, env = {}) {
  return readCheckConfig(text, { file: 'fedctl.yaml', directory: '/etc/fedctl', env });
}

function outputsOf(argv: readonly string[]): string[] {
  return argv.filter((_, at) => argv[at - 1] === '--output');
}

describe('the examples', () => {
  test('are those that the README there names, or the README of their directory', () => {
    const named = (readme: string): string[] => {
      const links = [...example(readme).matchAll(/\]\(([^)]+)\)/g)].map(([, file = '']) =>
        join(dirname(readme), file),
      );
      return [readme, ...links.flatMap((link) => (link.endsWith('README.md') ? named(link) : [link]))];
    };
    expect(named('README.md').sort()).toEqual(FILES);
  });

  test.each(FILES)('%s holds no secret and no address of a real account', (file) => {
    const text = example(file);
    expect(text).not.toMatch(
      /\b(AKIA|ASIA)[A-Z0-9]{12}|mdb_sa_sk_|eyJ[\w-]{10}|-----BEGIN|\/\/[^/\s]*:[^/\s]*@/,
    );
    for (const [account] of text.matchAll(/\b\d{12}\b/g)) expect(account).toBe('123456789012');
    for (const [host] of text.matchAll(/[\w.-]+\.mongodb\.net/g))
      expect(host).toMatch(/\.example\.mongodb\.net$/);
  });
});

describe('config/fedctl.yaml', () => {
  const text = example('config/fedctl.yaml');

  test('is read by fedctl as two targets, and names its schema to editors', () => {
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=../../schemas/${CHECK_CONFIG_ID}`);
    const read = targets(text);
    expect(
      read.map(({ name, uri, mechanism, audience, region }) => [
        name,
        uri?.shown,
        mechanism,
        audience,
        region,
      ]),
    ).toEqual([
      ['orders', 'mongodb+srv://orders.example.mongodb.net/', 'oidc', 'my-atlas', 'eu-west-1'],
      ['reports', 'mongodb+srv://reports.example.mongodb.net/', 'aws', 'my-atlas', 'eu-west-1'],
    ]);
    const other = { FEDCTL_VAR_REPORTS_URI: 'mongodb+srv://staging.example.mongodb.net/' };
    expect(targets(text, other)[1]?.uri?.shown).toBe(other.FEDCTL_VAR_REPORTS_URI);
  });

  test('the commands in it can be typed', async () => {
    const typed = [...text.matchAll(/^# fedctl (.*?)(?: {2,}.*)?$/gm)].map(([, words = '']) =>
      splitWords(words),
    );
    expect(typed).toHaveLength(2);
    for (const argv of typed) {
      const { options } = await parseTyped(argv);
      const chosen = options['target'] as readonly string[];
      for (const name of chosen) expect(targets(text).map((target) => target.name)).toContain(name);
    }
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { 'timeout-minutes': number; permissions: Record<string, string>; if: string; steps: readonly Step[] }
    >
  >;
}

describe('github-actions/check.yml', () => {
  const text = example('github-actions/check.yml');
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);

  test('may do what it needs and no more', () => {
    expect(workflow.permissions).toEqual({});
    expect(Object.keys(workflow.on)).toEqual(['push', 'schedule', 'workflow_dispatch']);
    expect(jobs.map(([name, job]) => [name, job.permissions, job['timeout-minutes']])).toEqual([
      ['after-push', { contents: 'read', 'id-token': 'write' }, 15],
      ['smoke', { contents: 'read', 'id-token': 'write' }, 15],
    ]);
    // The schedule is the one job's, everything else the other's.
    expect(jobs.map(([, job]) => job.if)).toEqual([
      "github.event_name != 'schedule'",
      "github.event_name == 'schedule'",
    ]);
  });

  test.each(jobs)('%s fetches keys first, and keeps the reports when the check fails', (_name, { steps }) => {
    const uses = steps.map((step) => step.uses?.replace(/@.*/, '') ?? 'run');
    expect(uses.slice(0, 5)).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'aws-actions/configure-aws-credentials',
      'OWNER/fedctl',
      'actions/upload-artifact',
    ]);
    expect(steps[2]?.with).toHaveProperty('role-to-assume');
    expect(steps[4]?.if).toMatch(/^always\(\)/);
    for (const step of steps) if (step.uses !== undefined) expect(step.uses).toMatch(/@v\d/);
  });

  test.each(jobs)(
    '%s gives inputs that the action has, and values that fedctl takes',
    async (_name, { steps }) => {
      const given = steps.find((step) => step.uses?.startsWith('OWNER/fedctl'))?.with ?? {};
      expect(Object.keys(actionFile().inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const env = Object.fromEntries(
        ['uri', 'audience', 'config', 'fail-on', 'wait'].flatMap((name) => {
          const value = given[name];
          return value === undefined ? [] : [[`FEDCTL_${name.toUpperCase().replaceAll('-', '_')}`, value]];
        }),
      );
      const { options } = await parseTyped(['check', ...splitWords(given['args'] ?? '')], env);
      expect(Boolean(options['config']) !== Boolean(options['uri'])).toBe(true);
    },
  );

  test('reads outputs that the action has', () => {
    const read = [...text.matchAll(/steps\.fedctl\.outputs\.([a-z-]+)/g)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(5);
    expect(Object.keys(actionFile().outputs)).toEqual(expect.arrayContaining(read));
  });

  test('puts no expression into a script', () => {
    const scripts = [...jobs.flatMap(([, { steps }]) => steps), ...actionFile().runs.steps].map(
      (step) => step.run ?? '',
    );
    expect(scripts.filter((script) => script !== '')).toHaveLength(2);
    for (const script of scripts) expect(script).not.toContain('{{');
  });
});

describe('action.yml', () => {
  const { inputs, outputs, runs } = actionFile();

  test('hands every input over as a variable of its name, and every output out', () => {
    const [step] = runs.steps;
    expect(runs.using).toBe('composite');
    expect(step?.env).toEqual(
      Object.fromEntries(
        Object.keys(inputs).map((name) => [
          `INPUT_${name.toUpperCase().replaceAll('-', '_')}`,
          `\${{ inputs.${name} }}`,
        ]),
      ),
    );
    expect(Object.entries(outputs).map(([name, { value }]) => [name, value])).toEqual(
      ['ok', 'first-failure', 'code', 'junit', 'html', 'report'].map((name) => [
        name,
        `\${{ steps.${step?.id}.outputs.${name} }}`,
      ]),
    );
    for (const each of [...Object.values(inputs), ...Object.values(outputs)])
      expect(each.description).not.toBe('');
  });
});

describe('gitlab/.gitlab-ci.yml', () => {
  const { 'fedctl-check': job } = parse(example('gitlab/.gitlab-ci.yml'));

  test('gets keys for an ID token, which stands in a file only it can read', () => {
    expect(Object.keys(job.id_tokens)).toEqual(['AWS_ID_TOKEN']);
    expect(job.variables).toMatchObject({
      AWS_ROLE_ARN: expect.stringMatching(/^arn:aws:iam::\d{12}:role\//),
      AWS_ROLE_SESSION_NAME: expect.stringMatching(/^[\w+=,.@-]*\$CI_JOB_ID$/),
      AWS_WEB_IDENTITY_TOKEN_FILE: expect.stringMatching(/^\/tmp\//),
    });
    expect(job.before_script[1]).toContain('umask 077');
  });

  test('runs a command line that fedctl takes, and keeps the reports when it fails', async () => {
    const typed = job.script.map(fedctlIn);
    expect(typed).toHaveLength(1);
    const { options } = await parseTyped(typed[0], job.variables);
    expect(options).toMatchObject({ uri: job.variables.FEDCTL_URI, audience: 'my-atlas', wait: 60 });
    expect(outputsOf(typed[0])).toEqual(['human', ...CHECK_REPORTS]);
    expect(job.artifacts).toEqual({
      when: 'always',
      expire_in: '30 days',
      paths: ['fedctl-check.html'],
      reports: { junit: 'fedctl-check.xml' },
    });
    expect(job).not.toHaveProperty('allow_failure');
  });
});

describe('jenkins/Jenkinsfile', () => {
  const text = example('jenkins/Jenkinsfile');
  const shells = [...text.matchAll(/\bsh '([^']*)'/g)].map(([, line = '']) => line);

  test('every bracket and quote that opens is closed', () => {
    const open: string[] = [];
    const code = text.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/'[^'\n]*'/g, '');
    expect(code).not.toMatch(/['"]/);
    for (const [bracket] of code.matchAll(/[{}()]/g)) {
      if (bracket === '{' || bracket === '(') open.push(bracket);
      else expect(open.pop()).toBe({ '}': '{', ')': '(' }[bracket]);
    }
    expect(open).toEqual([]);
  });

  test('is a declarative pipeline with its parts in their places', () => {
    const blocks = [...text.matchAll(/^ {4}(\w+)\b.*\{/gm)].map(([, name]) => name);
    expect(blocks).toEqual(['agent', 'options', 'triggers', 'environment', 'stages', 'post']);
    const always = /^ {8}always \{\n(.*?)^ {8}\}/ms.exec(text)?.[1] ?? '';
    expect(always).toContain("junit testResults: 'fedctl-check.xml'");
    expect(always).toContain("archiveArtifacts artifacts: 'fedctl-check.html'");
    expect(text).not.toMatch(/credentials\(|withCredentials|withAWS/);
  });

  test('runs a command line that fedctl takes, whose exit code is the stage’s', async () => {
    expect(shells.map(fedctlIn).filter((argv) => argv !== null)).toHaveLength(1);
    const argv = fedctlIn(shells[1] ?? '') ?? [];
    const environment = [...text.matchAll(/^ {8}([A-Z_]+) = '(.*)'$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const { options } = await parseTyped(argv, Object.fromEntries(environment));
    expect(options).toMatchObject({ audience: 'my-atlas', wait: 60 });
    expect(outputsOf(argv)).toEqual(['human', ...CHECK_REPORTS]);
    expect(text).not.toMatch(/returnStatus|catchError|\|\| true/);
  });
});

describe('kubernetes', () => {
  const [account, config, cron] = parseAllDocuments(example('kubernetes/cronjob.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
  const pod = cron.spec.jobTemplate.spec.template.spec;
  const [container] = pod.containers;

  test('are three objects of the API that fit together', () => {
    expect([account, config, cron].map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 ServiceAccount',
      'v1 ConfigMap',
      'batch/v1 CronJob',
    ]);
    for (const { metadata } of [account, config, cron])
      expect(metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(pod.serviceAccountName).toBe(account.metadata.name);
    expect(account.metadata.annotations['eks.amazonaws.com/role-arn']).toMatch(/^arn:aws:iam::\d{12}:role\//);
    expect(pod.volumes).toEqual([{ name: 'config', configMap: { name: config.metadata.name } }]);
    expect(container.volumeMounts).toEqual([{ name: 'config', mountPath: '/etc/fedctl', readOnly: true }]);
  });

  test('the schedule ends each run once, and one at a time', () => {
    expect(cron.spec.schedule).toMatch(/^(\S+ ){4}\S+$/);
    expect(cron.spec.concurrencyPolicy).toBe('Forbid');
    expect(cron.spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 600 });
    // A Job takes Never or OnFailure; OnFailure would start the check again and again.
    expect(pod.restartPolicy).toBe('Never');
    expect(cron.spec.startingDeadlineSeconds).toBeGreaterThan(10);
  });

  test('has what the restricted Pod security standard wants, and a file system that cannot be written', () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: expect.any(Number),
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    // The token of the API server is not mounted; that of IRSA is put there by EKS.
    expect([account.automountServiceAccountToken, pod.automountServiceAccountToken]).toEqual([false, false]);
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field);
    expect(container.resources).toEqual({
      requests: { cpu: expect.stringMatching(/^\d+m$/), memory: expect.stringMatching(/^\d+Mi$/) },
      limits: { memory: expect.stringMatching(/^\d+Mi$/) },
    });
  });

  test('runs a command line that fedctl takes, on a configuration that fedctl reads', async () => {
    const { options } = await parseTyped(container.args);
    const path: string = String(options['config']);
    const [mount] = container.volumeMounts;
    expect(path.startsWith(`${mount.mountPath}/`)).toBe(true);
    const text = config.data[path.slice(mount.mountPath.length + 1)];
    expect(targets(text)).toHaveLength(1);
  });

  test('the image starts the bundle, as the user that the Pod says', () => {
    const text = example('kubernetes/Dockerfile');
    const instructions = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(instructions).toEqual([
      expect.stringMatching(/^FROM node:(2[02468])-slim$/),
      'COPY . /opt/fedctl',
      `USER ${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`,
      'ENTRYPOINT ["/opt/fedctl/bin/fedctl.js"]',
    ]);
    expect(text).toContain(`-t ${container.image} bundle`);
  });
});
