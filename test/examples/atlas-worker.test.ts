import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';
import { buildExample } from '../support/example-program.ts';
import {
  type Code,
  type LambdaFunction,
  nodeCode,
  pythonCode,
  startFunction,
} from '../support/lambda-function.ts';
import { pythonWith } from '../support/python.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const python = await pythonWith('examples/atlas-worker/python/requirements.txt');

const LANGUAGES: readonly {
  readonly language: string;
  readonly installed: boolean;
  code(): Promise<Code>;
}[] = [
  {
    language: 'Python',
    installed: python !== null,
    code: async () => pythonCode(python ?? '', join(ROOT, 'examples/atlas-worker/python'), 'database_op'),
  },
  {
    language: 'TypeScript',
    installed: true,
    code: async () => nodeCode(ROOT, await buildExample('atlas-worker/typescript/database-op.ts')),
  },
];

describe.each(LANGUAGES)('the Atlas worker in $language', ({ installed, code }) => {
  let lab: RunningLab;
  let worker: LambdaFunction;

  const start = async (env: Readonly<Record<string, string>> = {}) =>
    startFunction(await code(), {
      ...lab.env,
      MONGODB_URI: lab.env['FEDCTL_URI'],
      OIDC_AUDIENCE: lab.env['FEDCTL_AUDIENCE'],
      ...env,
    });

  beforeAll(async () => {
    if (!installed) return;
    lab = await runLab('--as', 'lambda');
    worker = await start({ TOKEN_SECONDS: '60' });
  });

  afterAll(async () => {
    if (!installed) return;
    await worker.stop();
    await lab.stop();
  });

  /** What the lab saw of the worker: how often it was asked for a token and for a login, and by how many connections. */
  const seen = async () => {
    const { entries } = JSON.parse((await lab.run(['sandbox', 'log', '--json'])).stdout);
    const count = (action: string) =>
      entries.filter(
        (entry: Record<string, string>) => entry['action'] === action && entry['decision'] === 'allowed',
      ).length;
    return { minted: count('GetWebIdentityToken'), logins: count('saslStart MONGODB-OIDC') };
  };

  const WRITTEN = { statusCode: 200, body: expect.stringContaining('Hello from Lambda with OIDC auth') };

  test.skipIf(!installed)('keeps its client, and logs in again when its token has expired', async () => {
    expect(await worker.invoke({}), worker.log()).toEqual(WRITTEN);
    const first = await seen();
    expect(first).toEqual({ minted: 1, logins: 1 });
    expect(await worker.invoke({})).toEqual(WRITTEN);
    expect(await seen()).toEqual(first);
    for (const [ahead, times] of [
      ['61s', 2],
      ['122s', 3],
      ['183s', 4],
    ] as const) {
      await lab.run(['sandbox', 'clock', '--ahead', ahead]);
      expect(await worker.invoke({}), worker.log()).toEqual(WRITTEN);
      expect(await seen()).toEqual({ minted: times, logins: times });
    }
    await lab.run(['sandbox', 'clock', '--reset']);
  });

  test.skipIf(!installed)('says nothing of the reason to its caller', async () => {
    const other = await start({ OIDC_AUDIENCE: 'another-audience' });
    const answer = (await other.invoke({})) as { statusCode: number; body: string };
    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({ message: 'The document could not be written' });
    expect(other.log()).toContain('Authentication failed');
    expect(other.log()).not.toContain('eyJ');
    await other.stop();
  });
});
