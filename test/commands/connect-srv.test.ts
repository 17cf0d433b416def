import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';

interface Stage {
  readonly id: string;
  readonly status: string;
}

describe('a lab behind mongodb+srv', () => {
  let lab: RunningLab;

  beforeAll(async () => {
    lab = await runLab('--srv');
    expect((await lab.run(['enable'])).code).toBe(0);
  });
  afterAll(() => lab.stop());

  test('gives a connection string like one of Atlas, and the DNS server that knows it', () => {
    expect(lab.env['FEDCTL_URI']).toMatch(/^mongodb\+srv:\/\/cluster0\.lab\.fedctl\.test\/\?tlsCAFile=/);
    expect(lab.env['FEDCTL_DNS_SERVER']).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('lets both mechanisms in through SRV, TXT and A, under TLS for the names', async () => {
    const { code, stdout, stderr } = await lab.run([
      'connect',
      '--mechanism',
      'both',
      '--write-probe',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { mechanisms } = JSON.parse(stdout) as { mechanisms: { stages: Stage[] }[] };
    for (const { stages } of mechanisms) {
      expect(stages.map(({ id, status }) => `${id} ${status}`).join(', ')).toBe(
        'resolve pass, tcp pass, tls pass, hello pass, credential pass, authenticate pass, whoami pass, ping pass, write-probe pass',
      );
    }
  });

  test('shows which records it found', async () => {
    const { stdout } = await lab.run(['connect', '--mechanism', 'aws']);
    expect(stdout).toMatch(
      /^.*resolve.*SRV: cluster0-shard-00-00\.lab\.fedctl\.test:\d+; cluster0-shard-00-00\.lab\.fedctl\.test is 127\.0\.0\.1; replica set atlas-lab-shard-0$/m,
    );
  });

  test('is not found through any other DNS server', async () => {
    const env = { FEDCTL_DNS_SERVER: '' };
    const { code, stderr } = await lab.run(['connect', '--mechanism', 'aws', '--timeout', '5s', '--json'], {
      env,
    });
    expect(code).toBe(6);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'mongo.srv-failed', details: { stage: 'resolve' } },
    });
  });

  test('a DNS server that is a name is refused', async () => {
    const { code, stdout, stderr } = await lab.run(['connect', '--dns-server', 'dns.example.com']);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'Invalid --dns-server "dns.example.com": expected an IP address with a port, such as 127.0.0.1:5353.',
      ),
    });
  });
});
