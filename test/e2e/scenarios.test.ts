import { describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { schemaFaults } from '../support/schema.ts';

interface ScenariosDocument {
  readonly scenarios: readonly {
    readonly name: string;
    readonly title: string;
    readonly expects: string;
    readonly expectsBlind: string;
  }[];
}

describe('List the scenarios.', () => {
  test('names each in three lines, and in a document of its schema', async () => {
    const human = await runBin(['sandbox', '--list-scenarios']);
    const json = await runBin(['sandbox', '--list-scenarios', '--json']);
    expect([human, json].map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const document = JSON.parse(json.stdout) as ScenariosDocument;
    expect(schemaFaults('scenarios', document)).toEqual([]);
    expect(document.scenarios.length).toBeGreaterThanOrEqual(48);
    const lines = human.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3 * document.scenarios.length);
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
    const at = lines.indexOf('identity-provider-audience');
    expect(lines.slice(at, at + 3)).toEqual([
      'identity-provider-audience',
      '  The audience of the identity provider differs from the audience of the tokens.',
      '  atlas.audience-mismatch, or mongo.oidc-refused without access to Atlas',
    ]);
  });
});

describe('fedctl sandbox --scenario NAME -- CMD', () => {
  test('passes on how CMD meets the failure, which needs no option', async () => {
    const { code, stderr } = await runBin([
      'sandbox',
      '--scenario',
      'federation-disabled',
      '--',
      'fedctl',
      'token',
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/\ncode: {3}sts\.federation-disabled, request id [0-9a-f-]{36}\n$/);
  });

  test('ends with its servers although a port swallows packets', async () => {
    const started = performance.now();
    const { code } = await runBin(['sandbox', '--scenario', 'packets-swallowed', '--', 'sh', '-c', 'exit 7']);
    expect(code).toBe(7);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('brings the DNS that it breaks', async () => {
    const args = ['sandbox', '--scenario', 'txt-broken', '--', 'fedctl', 'connect', '--json'];
    const { code, stderr } = await runBin(args);
    expect(code).toBe(6);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'mongo.srv-failed' } });
  });

  test('hands over what it breaks when the lab stays up', async () => {
    let killed = false;
    const { code, stdout } = await runBin(['sandbox', '--scenario', 'credentials-half-set', '--json'], {
      watch(seen, kill) {
        if (killed || !seen.stdout.endsWith('\n')) return;
        killed = true;
        kill('SIGTERM');
      },
    });
    expect(code).toBe(0);
    const { env } = JSON.parse(stdout) as { env: Record<string, string> };
    expect(env['AWS_ACCESS_KEY_ID']).toMatch(/^AKIA/);
    expect(env).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
  });

  test('refuses a name that no scenario has, and a platform beside it', async () => {
    const unknown = await runBin(['sandbox', '--scenario', 'moon-phase', '--', 'true']);
    const platform = await runBin(['sandbox', '--scenario', 'port-closed', '--as', 'ec2', '--', 'true']);
    expect(unknown).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: Unknown scenario "moon-phase".
cause:  The name is misspelled, or this version of fedctl does not have the scenario.
remedy: List the scenarios.
run:    fedctl sandbox --list-scenarios
code:   usage.invalid-value
`,
    });
    expect(platform).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: --scenario and --as are mutually exclusive: scenarios require the default configuration and profiles.
cause:  An argument or option value is missing, or the command line has an extra argument.
remedy: Read the help of the command.
run:    fedctl sandbox --help
code:   usage.invalid-command-line
`,
    });
  });
});
