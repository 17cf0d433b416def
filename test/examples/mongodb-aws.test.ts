import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildExample } from '../support/example-program.ts';
import { runLab } from '../support/running-lab.ts';

let program: string;

beforeAll(async () => {
  program = await buildExample('mongodb-aws/worker.ts');
});

describe('the MONGODB-AWS worker', () => {
  test.each(['ec2', 'ecs', 'lambda', 'eks'] as const)(
    'logs in with the credentials of %s',
    async (platform) => {
      const lab = await runLab('--as', platform);
      try {
        const env = {
          PATH: process.env.PATH,
          HOME: '/nonexistent',
          ...lab.env,
          MONGODB_URI: lab.env['FEDCTL_URI'],
        };
        const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
        expect(stdout).toBe('arn:aws:iam::123456789012:role/app\n');
      } finally {
        await lab.stop();
      }
    },
  );
});
