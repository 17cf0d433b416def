import { expect, test, vi } from 'vitest';
import { isolate } from '../../../src/sandbox/isolation/isolate.ts';
import { memoryContext } from '../../support/memory-context.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  platform: () => 'darwin',
}));

test('on another system than Linux nothing is tried', async () => {
  const context = memoryContext();
  await expect(isolate(context)).rejects.toMatchObject({
    code: 'lab.isolation-unsupported',
    exitCode: 3,
    message: '--isolate requires Linux, and this system is darwin.',
    details: { system: 'darwin' },
  });
});
