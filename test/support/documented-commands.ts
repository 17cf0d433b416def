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
  /**
   * The test mode in the comment `<!-- test: … -->` before the block; empty for a block that runs unchanged,
   * on this machine only.
   */
  readonly marker: string;
  readonly text: string;
}

/** Every document for people, except the failure pages, whose commands have their own tests. */
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

/** A directory in which blocks run: `work` and `home` are empty, and `bin` is first on the PATH. */
export interface Place {
  readonly work: string;
  readonly home: string;
  readonly bin: string;
}

/** @param programs shell scripts by the names of the programs that they replace */
export function place(programs: Readonly<Record<string, string>> = {}): Place {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-docs-'));
  const found = { work: join(directory, 'work'), home: join(directory, 'home'), bin: join(directory, 'bin') };
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
 * Runs a block as if it were pasted into bash, up to the first command that fails.
 *
 * @param until the output after which Ctrl-C is sent; null: the block ends by itself
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
      // A separate process group, so that Ctrl-C reaches all processes of the block.
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
