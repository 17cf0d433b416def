// @ts-check
// The GitHub Action `fedctl check`, called by action.yml. All external values are environment variables.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledTool } from './bundle.js';
import { readInputs, secretsOf, toolEnvironment } from './inputs.js';
import { nodeFault } from './node-version.js';
import { readFailure, readReport } from './report.js';
import { errorAnnotation, mask, outputLines, readOnly } from './workflow-commands.js';

/** Maximum length of the kept standard error of fedctl, in characters. The end has the error message. */
const KEPT_OF_STDERR = 64 * 1024;

/** @param {string} text */
const say = (text) => process.stdout.write(text);

/** @param {Readonly<Record<string, string>>} outputs */
function setOutputs(outputs) {
  const file = process.env['GITHUB_OUTPUT'];
  if (file !== undefined && file !== '') appendFileSync(file, outputLines(outputs));
}

/**
 * Runs fedctl. The child process inherits standard output, which has the annotations. Standard error is forwarded and kept.
 *
 * @param {readonly string[]} argv
 * @param {{ cwd: string, env: Record<string, string | undefined> }} options
 */
async function runTool(argv, { cwd, env }) {
  const child = spawn(process.execPath, argv, { cwd, env, stdio: ['ignore', 'inherit', 'pipe'] });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    process.stderr.write(chunk);
    stderr = (stderr + chunk).slice(-KEPT_OF_STDERR);
  });
  const [code, signal] = await once(child, 'close');
  return { exitCode: code ?? 128 + (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0), stderr };
}

async function check() {
  const { variables, args, cwd, junit, html } = readInputs(process.env);
  if (!existsSync(cwd)) throw new Error('The directory of the input working-directory does not exist.');
  const actionPath = process.env['GITHUB_ACTION_PATH'] ?? fileURLToPath(new URL('..', import.meta.url));
  const script = bundledTool(actionPath, process.env, say);
  const directory = mkdtempSync(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'fedctl-check-'));
  const report = join(directory, 'report.json');
  const log = join(directory, 'report.txt');
  const outputs = ['github', `json=${report}`, `human=${log}`];
  if (junit !== '') outputs.push(`junit=${junit}`);
  if (html !== '') outputs.push(`html=${html}`);
  const command = ['check', ...outputs.flatMap((output) => ['--output', output]), ...args];
  const { exitCode, stderr } = await runTool(['--', script, ...command], {
    cwd,
    env: toolEnvironment(process.env, variables),
  });
  /** @param {string} file */
  const written = (file) => (file !== '' && existsSync(file) ? file : '');
  if (written(log) !== '') {
    const [before, after] = readOnly('The report of fedctl check');
    say(before + readFileSync(log, 'utf8') + after);
  }
  const answered = exitCode === 0 || exitCode === 5;
  const failure = readFailure(stderr);
  const found = readReport(written(report) === '' ? null : readFileSync(report, 'utf8'));
  if (!answered) say(errorAnnotation(failure.message ?? `fedctl check failed with exit code ${exitCode}.`));
  setOutputs({
    ok: String(exitCode === 0),
    'first-failure': answered ? found.firstFailure : '',
    code: answered ? found.code : failure.code,
    junit: written(junit),
    html: written(html),
    report: written(report),
  });
  return exitCode;
}

async function main() {
  for (const secret of secretsOf(process.env)) say(mask(secret));
  try {
    const fault = nodeFault(process.versions.node);
    if (fault !== null) throw new Error(fault);
    return await check();
  } catch (error) {
    say(errorAnnotation(error instanceof Error ? error.message : String(error)));
    setOutputs({ ok: 'false', 'first-failure': '', code: '', junit: '', html: '', report: '' });
    return 2;
  }
}

process.exitCode = await main();
