import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLab } from '../../../src/sandbox/lab.ts';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { LAB_OPTIONS } from '../../support/lab-options.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await startLab(LAB_OPTIONS);
});

afterEach(() => lab.close());

/** What comes of a connection to the port of a connection string. */
function reach(uri: string | null | undefined): Promise<string> {
  const socket = connect(Number(new URL(uri ?? '').port), '127.0.0.1');
  return new Promise<string>((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  }).finally(() => socket.destroy());
}

test('what a scenario started stands until the lab ends', async () => {
  const { env } = await lab.controls.playScenario('connection-cut-in-sasl');
  const { FEDCTL_URI: uri } = env;
  expect(await reach(uri)).toBe('connected');
  await lab.close();
  expect(await reach(uri)).toBe('ECONNREFUSED');
});

test('the end of the lab waits for a scenario that is only starting', async () => {
  const playing = lab.controls.playScenario('tls-expired');
  // The second is refused as soon as the first has begun.
  await expect(lab.controls.playScenario('port-closed')).rejects.toMatchObject({
    code: 'lab.scenario-played',
  });
  await lab.close();
  const { env } = await playing;
  expect(await reach(env['FEDCTL_URI'])).toBe('ECONNREFUSED');
});

test('a lab that ends plays nothing any more', async () => {
  await lab.close();
  await expect(lab.controls.playScenario('port-closed')).rejects.toMatchObject({
    code: 'lab.scenario-unplayable',
    message: 'The scenario "port-closed" cannot run in this lab: the lab is stopping.',
  });
});
