import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { insideLab } from '../../src/sandbox/environment.ts';
import type { LabOptions } from '../../src/sandbox/running-lab.ts';
import type { Scenario } from '../../src/sandbox/scenarios/scenario.ts';
import { startScenario } from '../../src/sandbox/scenarios/start-scenario.ts';
import { BIN } from '../support/run-bin.ts';
import { expectPastable } from '../support/suggested-command.ts';

/** How a scenario ended when every command that fedctl offered was run. */
export interface End {
  readonly whole: boolean;
  /** The commands that were offered and run, in their order. */
  readonly ran: readonly string[];
  /** The remedy that was printed last; null where the chain is whole. */
  readonly remedy: string | null;
  /** What went wrong with a command itself: it failed, or was offered again after it had been run. */
  readonly fault: string | null;
}

/** How many commands somebody follows before giving up. */
const MOST = 3;

const OPTIONS: LabOptions = {
  now: () => new Date(),
  fedctl: [process.execPath, BIN],
  tls: false,
  replicaSet: null,
  mongoPort: 0,
};

/** They show something and change nothing, or need a person at a browser: after them a person has to act. */
const SHOWS = /^(?:nslookup|openssl|nc|curl|aws iam|aws sso login) /;

/** A directory with stand-ins for the programs that remedies name, for PATH. */
export async function standIns(): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'fedctl-closure-'));
  const script = fileURLToPath(new URL('./stand-in.mjs', import.meta.url));
  for (const name of ['atlas', 'aws', 'curl', 'nslookup', 'openssl', 'nc']) {
    await writeFile(
      join(directory, name),
      `#!/bin/sh\nexec '${process.execPath}' '${script}' ${name} "$@"\n`,
    );
    await chmod(join(directory, name), 0o755);
  }
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

/** Plays a scenario, calls `fedctl check`, `connect` or `token`, and does what it prints until it prints nothing more. */
export async function follow(
  scenario: Scenario,
  command: 'check' | 'connect' | 'token',
  directory: string,
): Promise<End> {
  const lab = await startScenario(scenario, OPTIONS);
  try {
    // Keys are made when they are first used, which takes longer than --timeout on a busy machine.
    const { keys } = lab.world.accounts[0] ?? {};
    await Promise.all([keys?.RS256.pair(), keys?.ES384.pair()]);
    const env = insideLab(process.env, lab.env, `${directory}:${lab.binDirectory}`);
    return await followed(`fedctl ${command} --json --timeout 2s`, (line) => run(line, env, lab.directory));
  } finally {
    await lab.close();
  }
}

async function followed(first: string, shell: (line: string) => Promise<Said>): Promise<End> {
  const ran: string[] = [];
  let line = first;
  // What says what is broken: check where connect has led to it, and it does not count as one of the commands.
  let asked = first;
  for (;;) {
    if (LOGS_IN.test(line)) asked = line;
    const said = answerOf(await shell(line));
    // A command other than the three ends with 0 when it has done its work: then the last line that logs in is tried again.
    if (said.ok && !LOGS_IN.test(line)) {
      line = asked;
      continue;
    }
    const end = { whole: said.ok, ran, remedy: said.remedy };
    const { command } = said;
    if (said.ok || command === null) return { ...end, fault: said.fault };
    if (ran.includes(command)) return { ...end, fault: `offered again: ${command}` };
    if (ran.filter((each) => !each.startsWith('fedctl check ')).length === MOST)
      return { ...end, fault: `more than ${MOST} commands` };
    ran.push(command);
    await expectPastable(command);
    if (command.startsWith('fedctl ')) {
      line = command;
      continue;
    }
    const { code, stderr } = await shell(command);
    if (code !== 0) return { ...end, fault: `${command} ended with ${code}: ${stderr}` };
    if (SHOWS.test(command)) return { ...end, fault: null };
    line = asked;
  }
}

const LOGS_IN = /^fedctl (?:check|connect|token(?! .*--out )) ?/;

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(line: string, env: Readonly<Record<string, string>>, cwd: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', line], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const seen = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        seen[name] += chunk;
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ code, ...seen }));
  });
}

interface Answer {
  readonly ok: boolean;
  readonly command: string | null;
  readonly remedy: string | null;
  readonly fault: string | null;
}

interface Offer {
  readonly remedy: string | null;
  readonly command: string | null;
}

interface Document {
  readonly error?: Offer;
  readonly targets?: readonly {
    readonly ok: boolean;
    readonly checks: readonly (Offer & { readonly id: string; readonly status: string })[];
  }[];
}

/** What fedctl says in JSON, whichever of its commands it was. */
function answerOf({ code, stdout, stderr }: Said): Answer {
  // A token that was written to a file leaves nothing to say.
  const text = stderr === '' ? stdout : stderr;
  if (text !== '' && !text.startsWith('{')) throw new Error(`not JSON: ${text.slice(0, 1000)}`);
  const document: Document = text === '' ? {} : (JSON.parse(text) as Document);
  const { error, targets } = document;
  const checks = targets?.[0]?.checks ?? null;
  if (checks !== null && code === 0) {
    // It passes by looking at everything, never by looking at less.
    const loggedIn = checks.some(({ id, status }) => /^mongo\.\w+\.login$/.test(id) && status === 'pass');
    return {
      ok: loggedIn,
      command: null,
      remedy: null,
      fault: loggedIn ? null : 'check passed and nobody has logged in',
    };
  }
  if (code === 0) return { ok: true, command: null, remedy: null, fault: null };
  const offer = checks?.find(({ status }) => status === 'fail') ?? error ?? null;
  return {
    ok: false,
    command: offer?.command ?? null,
    remedy: offer?.remedy ?? null,
    fault: offer === null ? `fedctl ended with ${code} and said nothing` : null,
  };
}
