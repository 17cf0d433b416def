import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { splitWords } from '../../action/words.js';
import { readAgentConfig } from '../../src/lib/config/agent-config.ts';
import { decodeJwt } from '../../src/lib/jwt/decode.ts';
import { programUri } from '../../src/lib/uri/program-uri.ts';
import { example, parseTyped } from '../support/example-commands.ts';
import { closedPort } from '../support/listen.ts';
import { runLab } from '../support/running-lab.ts';

/** The variables of a container by name. */
function variables(env: readonly { name: string; value: string }[]): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** What a program beside an agent must be told: the file that the agent keeps, and what `fedctl uri` prints. */
function expectToFit(env: Record<string, string>, file: unknown): void {
  const uri = programUri(env['MONGODB_URI'] ?? '', 'MONGODB-OIDC', 'k8s');
  expect(uri).toEqual({ uri: env['MONGODB_URI'], holdsSecret: false, warnings: [] });
  expect(env).toMatchObject({ AZURE_FEDERATED_TOKEN_FILE: file, OIDC_TOKEN_FILE: file });
  expect(env).not.toHaveProperty('AWS_WEB_IDENTITY_TOKEN_FILE');
}

const AGENT = { audience: 'my-atlas', out: '/run/fedctl/atlas', once: false };

test('config/agent.yaml is read by fedctl', () => {
  const read = readAgentConfig(example('config/agent.yaml'), {
    file: 'agent.yaml',
    directory: '/etc/fedctl',
  });
  expect(read.tokenFiles).toMatchObject([
    { path: '/etc/fedctl/atlas.jwt', audience: 'my-atlas', mode: 0o640 },
  ]);
  expect(read.credentialsEndpoints).toMatchObject([{ host: '127.0.0.1', port: 9911 }]);
});

describe('systemd/fedctl-agent.service', () => {
  const text = example('systemd/fedctl-agent.service');
  const settings = new Map(
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

  test('runs a command line that fedctl takes, and writes where the unit may', async () => {
    const [program, ...argv] = splitWords(settings.get('ExecStart') ?? '');
    expect(program).toMatch(/\/fedctl$/);
    const { options } = await parseTyped(argv);
    expect(options).toMatchObject({ ...AGENT, mode: '0640', readyListen: { host: '127.0.0.1', port: 8484 } });
    expect(`/run/${settings.get('RuntimeDirectory')}/atlas`).toBe(options['out']);
    expect(settings.get('RuntimeDirectoryMode')).toBe('0750');
  });

  test('has its sections in order, and no more rights than it needs', () => {
    expect([...text.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name)).toEqual([
      'Unit',
      'Service',
      'Install',
    ]);
    expect(Object.fromEntries(settings)).toMatchObject({
      User: 'fedctl',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      CapabilityBoundingSet: '',
      Restart: 'always',
    });
  });
});

describe('kubernetes/agent-sidecar.yaml', () => {
  const [account, deployment] = parseAllDocuments(example('kubernetes/agent-sidecar.yaml')).map(
    (document) => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    },
  );
  const pod = deployment.spec.template.spec;
  const [sidecar] = pod.initContainers;
  const [program] = pod.containers;

  test('is a sidecar that is up before the program, and says by /readyz when', async () => {
    const { options } = await parseTyped(sidecar.args);
    expect(options).toMatchObject({ ...AGENT, readyListen: { host: '0.0.0.0', port: 8484 } });
    expect(sidecar.restartPolicy).toBe('Always');
    for (const probe of [sidecar.startupProbe, sidecar.readinessProbe])
      expect(probe.httpGet).toEqual({ path: '/readyz', port: 8484 });
    expect(sidecar.securityContext.readOnlyRootFilesystem).toBe(true);
  });

  test('shares the file with the program, in memory, as the same user', () => {
    expectToFit(variables(program.env), AGENT.out);
    expect(pod.volumes).toEqual([{ name: 'tokens', emptyDir: { medium: 'Memory' } }]);
    expect(sidecar.volumeMounts).toEqual([{ name: 'tokens', mountPath: '/run/fedctl' }]);
    expect(program.volumeMounts).toEqual([{ name: 'tokens', mountPath: '/run/fedctl', readOnly: true }]);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(pod.serviceAccountName).toBe(account.metadata.name);
    expect(deployment.spec.selector.matchLabels).toEqual(deployment.spec.template.metadata.labels);
  });
});

describe('ecs/task-definition.json', () => {
  const task = JSON.parse(example('ecs/task-definition.json'));
  const [sidecar, program] = task.containerDefinitions;

  test('starts the program when the agent is ready', async () => {
    const { options } = await parseTyped(sidecar.command);
    expect(options).toMatchObject({ ...AGENT, readyListen: { host: '127.0.0.1', port: 8484 } });
    expect(program.dependsOn).toEqual([{ containerName: sidecar.name, condition: 'HEALTHY' }]);
    expect(sidecar.healthCheck.command.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(sidecar.healthCheck.command[3]).toContain('http://127.0.0.1:8484/readyz');
  });

  test('shares the file with the program, as the same user', () => {
    expectToFit(variables(program.environment), AGENT.out);
    const [volume] = task.volumes;
    for (const { mountPoints, user } of [sidecar, program]) {
      expect(mountPoints[0]).toMatchObject({ sourceVolume: volume.name, containerPath: '/run/fedctl' });
      expect(user).toBe('1000:1000');
    }
  });
});

describe('the agents of the examples, in the lab', () => {
  const sidecar = parseAllDocuments(example('kubernetes/agent-sidecar.yaml'))[1]?.toJS();
  const unit = /^ExecStart=(.*)$/m.exec(example('systemd/fedctl-agent.service'))?.[1] ?? '';
  const task = JSON.parse(example('ecs/task-definition.json'));

  test.each([
    ['systemd', splitWords(unit).slice(1), 'ec2'],
    ['kubernetes', sidecar.spec.template.spec.initContainers[0].args, 'eks'],
    ['ecs', task.containerDefinitions[0].command, 'ecs'],
  ] as const)('%s keeps a token of the role of its platform', async (_name, argv, platform) => {
    const lab = await runLab('--as', platform);
    const directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    try {
      const file = join(directory, 'atlas');
      const port = String(await closedPort());
      const given = argv.map((word: string) =>
        word === AGENT.out ? file : word.replace(/^((?:[\d.]+:)?)8484$/, `127.0.0.1:${port}`),
      );
      let asked: Promise<number> | null = null;
      const { code, stdout } = await lab.run(given, {
        cwd: directory,
        watch({ stderr }, kill) {
          if (asked !== null || !/valid until/.test(stderr)) return;
          asked = fetch(`http://127.0.0.1:${port}/readyz`).then(
            ({ status }) => {
              kill('SIGTERM');
              return status;
            },
            () => {
              kill('SIGTERM');
              return 0;
            },
          );
        },
      });
      const { payload } = decodeJwt(readFileSync(file, 'utf8'));
      expect({ code, stdout, ready: await asked }).toEqual({ code: 0, stdout: '', ready: 200 });
      expect([payload['sub'], payload['aud']]).toEqual([
        'arn:aws:iam::123456789012:role/app',
        AGENT.audience,
      ]);
    } finally {
      await lab.stop();
      rmSync(directory, { recursive: true });
    }
  });
});
