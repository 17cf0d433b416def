import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

interface ConnectDocument {
  readonly ok: boolean;
  readonly mechanisms: readonly {
    readonly name: string;
    readonly user: string | null;
    readonly stages: readonly { readonly id: string; readonly status: string }[];
  }[];
}

describe.each([
  ['plain', [], 'skip'],
  ['with TLS', ['--tls'], 'pass'],
] as const)('the lab, %s', (_title, options, tls) => {
  let lab: RunningLab;

  beforeAll(async () => {
    lab = await runLab(...options);
    const enabled = await lab.run(['enable']);
    expect(enabled.code).toBe(0);
  });

  afterAll(() => lab.stop());

  test('lets both mechanisms in, which write and read', async () => {
    const { code, stdout, stderr } = await lab.run([
      'connect',
      '--mechanism',
      'both',
      '--write-probe',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as ConnectDocument;
    expect(schemaFaults('connect', document)).toEqual([]);
    expect(
      document.mechanisms.map(({ name, user, stages }) => ({
        name,
        user,
        path: stages.map((each) => `${each.id} ${each.status}`).join(', '),
      })),
    ).toEqual([
      {
        name: 'MONGODB-OIDC',
        user: expect.stringMatching(/^[0-9a-f]{24}\/arn:aws:iam::\d{12}:user\/operator$/),
        path: path(tls),
      },
      {
        name: 'MONGODB-AWS',
        user: expect.stringMatching(/^arn:aws:iam::\d{12}:user\/operator$/),
        path: path(tls),
      },
    ]);
  });

  test('takes a token from a pipe', async () => {
    const token = await lab.run(['token', '--audience', lab.env['FEDCTL_AUDIENCE'] ?? '']);
    const { code } = await lab.run(['connect', '--token-file', '-'], { input: token.stdout });
    expect(code).toBe(0);
  });

  test('refuses a token for another audience, which names the stage and shows the claims', async () => {
    const { code, stdout, stderr } = await lab.run(['connect', '--audience', 'somebody-else', '--json']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    const { error } = JSON.parse(stderr) as {
      error: { code: string; details: { stage: string; evidence: string[] } };
    };
    expect(error.code).toBe('mongo.oidc-refused');
    expect(error.details.stage).toBe('authenticate');
    expect(error.details.evidence).toContain('aud  somebody-else');
  });

  test('refuses keys with a wrong secret before they go to the server', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'wrong' };
    const { code, stderr } = await lab.run(['connect', '--mechanism', 'aws', '--json'], { env });
    expect(code).toBe(4);
    const { error } = JSON.parse(stderr) as { error: { code: string; details: { stage: string } } };
    expect({ code: error.code, stage: error.details.stage }).toEqual({
      code: 'aws.signature-refused',
      stage: 'credential',
    });
  });
});

function path(tls: string): string {
  return `resolve pass, tcp pass, tls ${tls}, hello pass, credential pass, authenticate pass, whoami pass, ping pass, write-probe pass`;
}
