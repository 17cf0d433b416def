import { execFileSync } from 'node:child_process';

/** The tests that run the real binary run what stands in src now. Types are checked by a gate of their own. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/generate.js'], { stdio: 'inherit' });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noCheck'], {
    stdio: 'inherit',
  });
  execFileSync(process.execPath, ['scripts/build-cli.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
