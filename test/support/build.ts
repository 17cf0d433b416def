import { execFileSync } from 'node:child_process';

/** Builds the binary from the current src for the tests that run it. A separate step checks types. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/generate.js'], { stdio: 'inherit' });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noCheck'], {
    stdio: 'inherit',
  });
  execFileSync(process.execPath, ['scripts/build-cli.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
