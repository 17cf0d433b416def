import { expect } from 'vitest';
import { startLab } from '../../src/sandbox/lab.ts';
import type { Lab } from '../../src/sandbox/running-lab.ts';
import { enableLab } from '../../src/sandbox/scenarios/play.ts';
import { runInProcess } from './in-process.ts';

export type Env = Readonly<Record<string, string | undefined>>;

interface Check {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly code: string | null;
  readonly detail: string | null;
  readonly cause: string | null;
  readonly remedy: string | null;
  readonly command: string | null;
  readonly notes: readonly string[];
}

/** The result of `fedctl check` for a chain with one hostile hop. */
export interface Diagnosis {
  readonly exit: number;
  /** The first check that failed. */
  readonly first: Check | null;
  readonly checks: readonly Check[];
  with(status: Check['status']): readonly string[];
  check(id: string): Check | undefined;
  readonly seconds: number;
}

/** An enabled, healthy lab that has already minted a token, because the first mint generates a slow key. */
export async function startHealthyLab(tls = false): Promise<Lab> {
  const lab = await startLab({
    now: () => new Date(),
    fedctl: ['fedctl'],
    tls,
    replicaSet: null,
    mongoPort: 0,
  });
  enableLab(lab);
  return lab;
}

/** Changes the issuer in all parts of the lab: in tokens and in the identity provider. */
export function moveIssuer(lab: Lab, url: string): void {
  lab.world.user('operator').account.issuer = url;
  for (const { id } of lab.atlas.identityProviders) lab.atlas.updateIdentityProvider(id, { issuer: url });
}

/** Secrets that must not appear in output or reach another server: AWS keys and the Atlas client secret. */
export function secretsOf(env: Env): readonly string[] {
  return [env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN'], env['MONGODB_ATLAS_CLIENT_SECRET']].flatMap(
    (secret) => secret ?? [],
  );
}

/** The beginning of a JWT. */
export const TOKEN = /eyJ[\w-]{20}/;

/** Runs `fedctl check` and parses its output. */
export async function diagnose(env: Env, ...args: readonly string[]): Promise<Diagnosis> {
  const since = performance.now();
  const { code, stdout, stderr } = await runInProcess(['check', '--json', ...args], env);
  const seconds = (performance.now() - since) / 1000;
  expect(stderr).toBe('');
  for (const secret of secretsOf(env)) expect(stdout).not.toContain(secret);
  expect(stdout).not.toMatch(TOKEN);
  const { targets } = JSON.parse(stdout) as { targets: readonly { checks: readonly Check[] }[] };
  const checks = targets[0]?.checks ?? [];
  return {
    exit: code,
    first: checks.find(({ status }) => status === 'fail') ?? null,
    checks,
    with: (status) => checks.filter((each) => each.status === status).map(({ id }) => id),
    check: (id) => checks.find((each) => each.id === id),
    seconds,
  };
}
