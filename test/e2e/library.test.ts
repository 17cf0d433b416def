import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { runLab } from '../support/running-lab.ts';

test('a program logs in with the callback, and its tokens are minted once and stay secret', async () => {
  const lab = await runLab();
  expect((await lab.run(['enable', '--no-wait'])).code).toBe(0);
  const program = fileURLToPath(new URL('../support/library-client.mjs', import.meta.url));
  const env = {
    PATH: process.env.PATH,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...lab.env,
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { env });
  await lab.stop();
  expect({ ...JSON.parse(stdout), stderr }).toEqual({
    user: '<idpId>/arn:aws:iam::123456789012:user/operator',
    subject: 'arn:aws:iam::123456789012:role/app',
    mintedOnce: true,
    shown: '[secret]',
    refused: 'sts.mint-denied',
    stderr: '',
  });
});
