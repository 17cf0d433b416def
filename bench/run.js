// `npm run bench` measures the commands and writes RESULTS.md. `npm run bench -- NAME [--option value…]` runs another
// measurement: the speed of the lab, or its behaviour under load.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const COMMANDS = {
  about:
    'every command beside `node -e 0` and other programs, twice, for RESULTS.md; --check compares with it',
  options: {
    pairs: { type: 'string', default: '15' },
    force: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
  run: async ({ pairs, ...how }) => (await import('./commands.js')).run({ pairs: Number(pairs), ...how }),
};

const BENCHES = {
  lab: {
    about: 'mints, key fetches and logins per second, beside the bare primitives',
    options: { seconds: { type: 'string', default: '20' } },
    run: async ({ seconds }) => (await import('./lab.js')).run(Number(seconds)),
  },
  'start-up': {
    about: 'how long `fedctl sandbox -- true` takes, and where it goes',
    options: { rounds: { type: 'string', default: '10' } },
    run: async ({ rounds }) => (await import('./start-up.js')).run(Number(rounds)),
  },
  check: {
    about: '`fedctl check` beside `connect`, and 100 targets beside one',
    options: { rounds: { type: 'string', default: '10' } },
    run: async ({ rounds }) => (await import('./check.js')).run(Number(rounds)),
  },
  fuzz: {
    about: '100,000 mutated frames and 100,000 mutated HTTP requests: no crash, nobody let in',
    options: { rounds: { type: 'string', default: '100000' }, seed: { type: 'string' } },
    run: ({ rounds, seed }) =>
      tests(['wire-fuzz', 'http-fuzz', 'api-fuzz'], {
        FEDCTL_FUZZ_FRAMES: rounds,
        FEDCTL_FUZZ_REQUESTS: rounds,
        FEDCTL_FUZZ_SEED: seed,
      }),
  },
  soak: {
    about: '20,000 logins: heap and handles stay level',
    options: { logins: { type: 'string', default: '20000' } },
    run: ({ logins }) => tests(['soak'], { FEDCTL_SOAK_LOGINS: logins }),
  },
};

/** Tests of the suite that run with larger numbers. */
function tests(names, env) {
  const given = Object.entries(env).filter(([, value]) => value !== undefined);
  const files = names.map((name) => `test/sandbox/load/${name}.test.ts`);
  const { status } = spawnSync('npx', ['vitest', 'run', '--no-file-parallelism', ...files], {
    cwd: ROOT,
    env: { ...process.env, ...Object.fromEntries(given) },
    stdio: 'inherit',
  });
  return status ?? 1;
}

const typed = process.argv.slice(2);
const named = typed[0]?.startsWith('-') === false;
const [name, rest] = named ? [typed[0], typed.slice(1)] : ['', typed];
const bench = !named ? COMMANDS : Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  const lines = Object.entries({ '': COMMANDS, ...BENCHES }).map(([each, { about, options }]) => {
    const typed = Object.entries(options).map(([option, { type }]) =>
      type === 'boolean' ? `[--${option}]` : `[--${option} <n>]`,
    );
    return `  npm run bench -- ${[each, ...typed].join(' ').trim().padEnd(38)} ${about}\n`;
  });
  process.stderr.write(lines.join(''));
  process.exitCode = 2;
} else {
  const { values } = parseArgs({ args: rest, options: bench.options });
  process.exitCode = (await bench.run(values)) ?? 0;
}
