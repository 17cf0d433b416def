// Measures `fedctl sandbox -- true` as multiples of `node -e 0` in the same run, and the time of each start step.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/fedctl.js', import.meta.url));

const COMMANDS = {
  'node -e 0': ['-e', '0'],
  'fedctl --version': ['--', BIN, '--version'],
  'fedctl sandbox -- true': ['--', BIN, 'sandbox', '--', 'true'],
  'fedctl sandbox --tls -- true': ['--', BIN, 'sandbox', '--tls', '--', 'true'],
};

/** The steps of a lab's start, each in its own process; in milliseconds, including the time to load modules. */
const PARTS = {
  'loading the lab': `await import('../dist/sandbox/lab.js');`,
  'making the keys of one account':
    `const { createSigningKeys } = await import('../dist/sandbox/issuer/signing-keys.js');` +
    `since = performance.now(); const { RS256, ES384 } = createSigningKeys();` +
    `await Promise.all([RS256.pair(), ES384.pair()]);`,
  'starting the lab, loaded':
    `const { startLab } = await import('../dist/sandbox/lab.js');` +
    `since = performance.now(); lab = await startLab({ now: () => new Date(), fedctl: ['fedctl'], tls: false,` +
    ` replicaSet: null, mongoPort: 0 });`,
  'closing it':
    `const { startLab } = await import('../dist/sandbox/lab.js');` +
    `const closing = await startLab({ now: () => new Date(), fedctl: ['fedctl'], tls: false,` +
    ` replicaSet: null, mongoPort: 0 }); since = performance.now(); await closing.close();`,
};

/** @param {number} rounds each round runs every measurement once */
export async function run(rounds) {
  const times = new Map([...Object.keys(COMMANDS), ...Object.keys(PARTS)].map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, args] of Object.entries(COMMANDS)) {
      const since = performance.now();
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      times.get(name).push(performance.now() - since);
    }
    for (const [name, code] of Object.entries(PARTS)) times.get(name).push(partTime(code));
  }
  const node = median(times.get('node -e 0'));
  for (const [name, found] of times) {
    const ms = median(found);
    const ratio = name in COMMANDS ? `${(ms / node).toFixed(1).padStart(6)} times node -e 0` : '';
    process.stdout.write(`${name.padEnd(32)} ${String(Math.round(ms)).padStart(6)} ms ${ratio}\n`);
  }
}

function partTime(code) {
  const program =
    `let since = performance.now(); let lab; ${code}` +
    `process.stdout.write(String(performance.now() - since)); await lab?.close(); process.exit();`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  });
  return Number(stdout);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
