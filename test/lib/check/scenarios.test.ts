import { expect, test } from 'vitest';
import { FAILURES } from '../../../src/lib/failures/failures.ts';
import { startLab } from '../../../src/sandbox/lab.ts';
import { enableLab } from '../../../src/sandbox/scenarios/play.ts';
import { SCENARIOS } from '../../../src/sandbox/scenarios/scenarios.ts';
import { startScenario } from '../../../src/sandbox/scenarios/start-scenario.ts';
import { runInProcess } from '../../support/in-process.ts';
import { LAB_OPTIONS } from '../../support/lab-options.ts';
import { expectPastable } from '../../support/suggested-command.ts';

/**
 * Every failure that the lab can play, through `fedctl check` without an option: the first check that fails has to be
 * the one whose code the scenario expects, with the Atlas API and without. Nothing of the lab but what it plays is to be
 * had: its control API is closed, and nobody knows where it was.
 */

interface Document {
  readonly ok: boolean;
  readonly targets: readonly {
    readonly ok: boolean;
    readonly firstFailure: string | null;
    readonly checks: readonly {
      readonly id: string;
      readonly status: 'pass' | 'warn' | 'fail' | 'skip';
      readonly code: string | null;
      readonly detail: string | null;
      readonly remedy: string | null;
      readonly command: string | null;
    }[];
  }[];
}

const WITHOUT_CONTROL = { FEDCTL_SANDBOX_URL: undefined, FEDCTL_SANDBOX_TOKEN: undefined };
const WITHOUT_ATLAS = {
  FEDCTL_ATLAS_URL: undefined,
  MONGODB_ATLAS_OPS_MANAGER_URL: undefined,
  MONGODB_ATLAS_CLIENT_ID: undefined,
  MONGODB_ATLAS_CLIENT_SECRET: undefined,
  MONGODB_ATLAS_PUBLIC_API_KEY: undefined,
  MONGODB_ATLAS_PRIVATE_API_KEY: undefined,
  MONGODB_ATLAS_ORG_ID: undefined,
  MONGODB_ATLAS_PROJECT_ID: undefined,
};

async function diagnose(env: Readonly<Record<string, string | undefined>>) {
  const { code, stdout, stderr } = await runInProcess(['check', '--json'], env);
  expect(stderr).toBe('');
  const { ok, targets } = JSON.parse(stdout) as Document;
  const checks = targets[0]?.checks ?? [];
  const first = checks.find(({ status }) => status === 'fail') ?? null;
  return { code, ok, id: targets[0]?.firstFailure ?? null, first, checks };
}

test.each(SCENARIOS)('$name', async (scenario) => {
  const lab = await startScenario(scenario, LAB_OPTIONS);
  try {
    await lab.closeControl();
    const env = { ...lab.env, ...WITHOUT_CONTROL };
    const seeing = await diagnose(env);
    const blind = await diagnose({ ...env, ...WITHOUT_ATLAS });
    const found = [seeing, blind].map(({ code, ok, id, first }) => ({
      exit: code,
      ok,
      id,
      code: first?.code,
    }));
    expect(found, `${lines(seeing)}\n\n${lines(blind)}`).toEqual([
      { exit: 5, ok: false, id: seeing.first?.id, code: scenario.expects },
      { exit: 5, ok: false, id: blind.first?.id, code: scenario.expectsBlind },
    ]);
    for (const { first } of [seeing, blind]) expect(first?.remedy).toMatch(/\S/);
    for (const { checks } of [seeing, blind]) {
      for (const { code } of checks) if (code !== null) expect(Object.keys(FAILURES)).toContain(code);
      for (const { command } of checks) if (command !== null) await expectPastable(command);
    }
  } finally {
    await lab.close();
  }
});

test('a lab that is enabled and healthy passes every check', async () => {
  const lab = await startLab(LAB_OPTIONS);
  try {
    enableLab(lab);
    await lab.closeControl();
    const env = { ...lab.env, ...WITHOUT_CONTROL };
    const seeing = await diagnose(env);
    expect({ exit: seeing.code, found: seeing.checks.filter(({ status }) => status !== 'pass') }).toEqual({
      exit: 0,
      found: [expect.objectContaining({ id: 'mongo.tls', status: 'skip', detail: 'loopback, without TLS' })],
    });
    const blind = await diagnose({ ...env, ...WITHOUT_ATLAS });
    expect({
      exit: blind.code,
      skipped: blind.checks
        .filter(({ status }) => status !== 'pass')
        .map(({ id, status }) => `${status} ${id}`),
    }).toEqual({
      exit: 0,
      skipped: [
        'skip atlas.api',
        'skip atlas.identity-provider',
        'skip atlas.organization-link',
        'skip atlas.oidc.database-user',
        'skip atlas.access-list',
        'skip atlas.cluster',
        'skip mongo.tls',
      ],
    });
  } finally {
    await lab.close();
  }
});

function lines({ checks }: Awaited<ReturnType<typeof diagnose>>): string {
  return checks.map(({ id, status, code, detail }) => `${status} ${id} ${code ?? ''} ${detail}`).join('\n');
}
