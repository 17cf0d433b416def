// Measures the time of `fedctl check` as ratios within one run: one healthy target compared with `connect` (at most 1.5
// times), and 100 healthy targets compared with one (at most 8 times). The lab runs in a separate process.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/fedctl.js', import.meta.url));
const TARGETS = 100;

/** @param {number} rounds each round runs every measurement once */
export async function run(rounds) {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-bench-'));
  const lab = spawn(process.execPath, ['--', BIN, 'sandbox', '--json'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(lab.stdout), 'line');
    const inside = { ...process.env, ...JSON.parse(line).env };
    const blind = Object.fromEntries(Object.entries(inside).filter(([name]) => !/ATLAS/.test(name)));
    timeOf(['enable'], inside);
    const one = targetsFile(directory, 1, 1, inside);
    const many = targetsFile(directory, TARGETS, 1, inside);
    const audiences = targetsFile(directory, TARGETS, 10, inside);
    const commands = [
      ['connect', ['connect'], blind],
      ['check', ['check'], blind],
      ['check, with the Atlas API', ['check'], inside],
      ['check, 1 target', ['check', '--config', one], blind],
      [`check, ${TARGETS} targets`, ['check', '--config', many], blind],
      [`check, ${TARGETS} targets, with the Atlas API`, ['check', '--config', many], inside],
      // The lab's identity provider has one audience. For the others, tokens are minted and verified without a login.
      [
        `check, ${TARGETS} targets of 10 audiences, without a database`,
        ['check', '--config', audiences],
        blind,
      ],
    ];
    const times = new Map(commands.map(([name]) => [name, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const [name, args, env] of commands) {
        const ms = timeOf(args, env);
        if (round >= 0) times.get(name).push(ms);
      }
    }
    report(times);
  } finally {
    lab.kill('SIGTERM');
    rmSync(directory, { recursive: true });
  }
}

function targetsFile(directory, count, audiences, env) {
  const targets = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `target-${index}`,
      audiences === 1
        ? { uri: env.FEDCTL_URI, audience: env.FEDCTL_AUDIENCE }
        : { audience: `${env.FEDCTL_AUDIENCE}-${index % audiences}` },
    ]),
  );
  const file = join(directory, `${count}-${audiences}.yaml`);
  writeFileSync(file, `targets: ${JSON.stringify(targets)}\n`);
  return file;
}

/** @returns {number} milliseconds */
function timeOf(args, env) {
  const since = performance.now();
  const { status, stdout } = spawnSync(process.execPath, ['--', BIN, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`fedctl ${args.join(' ')} ended with ${status}\n${stdout}`);
  return performance.now() - since;
}

function report(times) {
  for (const [name, found] of times) {
    process.stdout.write(`${name.padEnd(62)} ${String(Math.round(median(found))).padStart(6)} ms\n`);
  }
  const ratios = [
    ['check beside connect', 'check', 'connect'],
    ['check with the Atlas API beside connect', 'check, with the Atlas API', 'connect'],
    [`${TARGETS} targets beside one`, `check, ${TARGETS} targets`, 'check, 1 target'],
    [
      `${TARGETS} targets with the Atlas API beside one`,
      `check, ${TARGETS} targets, with the Atlas API`,
      'check, with the Atlas API',
    ],
  ];
  for (const [what, above, below] of ratios) {
    const pairs = times.get(above).map((ms, round) => ms / times.get(below)[round]);
    process.stdout.write(`${what.padEnd(62)} ${median(pairs).toFixed(2).padStart(6)} times\n`);
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
