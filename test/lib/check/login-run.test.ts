import { describe, expect, test } from 'vitest';
import { LoginRun } from '../../../src/lib/check/login-run.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { type ServerIdentity, STAGES, type StageEvent, type StageId } from '../../../src/lib/ports/mongo.ts';
import { NOW } from '../../support/login.ts';

const DOWN = new FedctlError('mongo.port-closed', { message: 'It is down.' });
const SOMEBODY: ServerIdentity = { user: 'me', roles: [], privileges: null };

function stage(id: StageId, status: StageEvent['status'] = 'pass'): StageEvent {
  return { id, status, startedAt: NOW, ms: 1, detail: '' };
}

/** A login in the hand of the test. */
function login() {
  let observe: (event: StageEvent) => void = () => {};
  let end: { resolve(who: ServerIdentity): void; reject(reason: unknown): void } = {
    resolve: () => {},
    reject: () => {},
  };
  const run = new LoginRun((observer) => {
    observe = observer;
    return new Promise((resolve, reject) => {
      end = { resolve, reject };
    });
  });
  return {
    run,
    note: (event: StageEvent) => observe(event),
    succeed: () => end.resolve(SOMEBODY),
    fail: (reason: unknown) => end.reject(reason),
  };
}

async function ends(run: LoginRun) {
  const all = await Promise.all(STAGES.map(async (id) => [id, await run.stage(id)] as const));
  return all.map(([id, { event, failure }]) => `${id} ${failure?.code ?? event?.status ?? 'not reached'}`);
}

describe('one login that several look at', () => {
  test('tells each stage as it ends, before the login is over', async () => {
    const { run, note } = login();
    note(stage('resolve'));
    expect(await run.stage('resolve')).toEqual({ event: stage('resolve'), failure: null });
  });

  test('fails at the stage that failed, with the reason; what comes after was not reached', async () => {
    const { run, note, fail } = login();
    note(stage('resolve'));
    note(stage('tcp', 'fail'));
    fail(DOWN);
    expect(await ends(run)).toEqual([
      'resolve pass',
      'tcp mongo.port-closed',
      ...STAGES.slice(2).map((id) => `${id} not reached`),
    ]);
    expect((await run.stage('tcp')).failure).toBe(DOWN);
  });

  test('that fails between stages fails at the next one', async () => {
    const { run, note, fail } = login();
    note(stage('resolve'));
    fail(DOWN);
    expect((await ends(run)).slice(0, 3)).toEqual([
      'resolve pass',
      'tcp mongo.port-closed',
      'tls not reached',
    ]);
  });

  test('that is over leaves nobody waiting for what was not asked for', async () => {
    const { run, note, succeed } = login();
    for (const id of STAGES) if (id !== 'write-probe') note(stage(id));
    succeed();
    expect((await ends(run)).at(-1)).toBe('write-probe not reached');
  });

  test('with a bug or an interruption throws it at whoever waits, and not at what is over', async () => {
    const { run, note, fail } = login();
    note(stage('resolve'));
    const bug = new TypeError('oops');
    fail(bug);
    await expect(run.stage('tcp')).rejects.toBe(bug);
    expect((await run.stage('resolve')).event?.status).toBe('pass');
  });
});
