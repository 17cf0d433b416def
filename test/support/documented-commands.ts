import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../architecture/imports.ts';
import { BIN } from './run-bin.ts';

/** A block of shell commands in a document. */
export interface DocumentedBlock {
  readonly document: string;
  readonly line: number;
  /** How it is tested, as the comment `<!-- test: … -->` before it says; empty: as it is, on this machine alone. */
  readonly marker: string;
  readonly text: string;
}

/** Every document that people read, but for the failure pages, whose commands have tests of their own. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('failures/'))
    .map((name) => `docs/${name}`),
  'examples/README.md',
].sort();

/** The languages of the fenced blocks of a document. */
export function languages(document: string): readonly string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```(\w*)\n.*?^```$/gms)].map(([, language = '']) => language);
}

/** The shell blocks of a document. */
export function blocks(document: string): readonly DocumentedBlock[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/(?:^<!-- test: ([^\n]*) -->\n)?^```sh\n(.*?)^```$/gms)].map((found) => ({
    document,
    line: text.slice(0, found.index).split('\n').length,
    marker: found[1] ?? '',
    text: found[2] ?? '',
  }));
}

/** A folder to run blocks in: `work` is empty, `home` is empty, `bin` comes first on the PATH. */
export interface Place {
  readonly work: string;
  readonly home: string;
  readonly bin: string;
}

/** @param programs shell scripts by the names of the programs that they stand for */
export function place(programs: Readonly<Record<string, string>> = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), 'fedctl-docs-'));
  const found = { work: join(folder, 'work'), home: join(folder, 'home'), bin: join(folder, 'bin') };
  for (const path of Object.values(found)) mkdirSync(path);
  for (const [name, script] of Object.entries({
    fedctl: `exec '${process.execPath}' -- '${BIN}' "$@"`,
    ...programs,
  })) {
    writeFileSync(join(found.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(found.bin, name), 0o755);
  }
  return found;
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a block as somebody does who pastes it into bash, up to the first command that fails.
 *
 * @param until what must be shown before Ctrl-C is pressed; null: the block ends by itself
 */
export async function runBlock(
  text: string,
  { work, home, bin }: Place,
  {
    env = {},
    until = null,
    options = '-eu',
  }: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly until?: string | null;
    readonly options?: string;
  } = {},
): Promise<Ran> {
  const child: ChildProcess = spawn(
    'bash',
    ['--noprofile', '--norc', options, '-o', 'pipefail', '-c', text],
    {
      cwd: work,
      env: { HOME: home, PATH: `${bin}:${home}/.local/bin:${process.env.PATH}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which Ctrl-C reaches as a whole.
      detached: true,
    },
  );
  let output = '';
  let stopped = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (stopped || until === null || !output.includes(until) || child.pid === undefined) return;
      stopped = true;
      process.kill(-child.pid, 'SIGINT');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
