// @ts-check

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readOnly } from './workflow-commands.js';

/** Variables that the build must not receive: inputs, access keys, and the tokens of the job. */
const KEPT_FROM_NPM = /^(INPUT_|AWS_|FEDCTL_|MONGODB_ATLAS_|ACTIONS_|GITHUB_TOKEN$)/i;

/**
 * Returns the script that starts fedctl. A release contains the bundle. Otherwise, builds the bundle first.
 *
 * @param {string} actionPath the checkout of the action
 * @param {import('./inputs.js').Environment} env
 * @param {(text: string) => void} say
 * @returns {string}
 * @throws Error if the build fails
 */
export function bundledTool(actionPath, env, say) {
  const script = join(actionPath, 'bundle', 'bin', 'fedctl.js');
  if (existsSync(script)) return script;
  const [before, after] = readOnly('Build fedctl');
  say(before);
  try {
    const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !KEPT_FROM_NPM.test(name)));
    for (const typed of ['npm ci --ignore-scripts --no-audit --no-fund', 'npm run bundle']) {
      // A shell finds npm on Windows too. The commands contain no external text.
      const { status } = spawnSync(typed, { cwd: actionPath, env: kept, shell: true, stdio: 'inherit' });
      if (status !== 0) throw new Error(`"${typed}" failed in the directory of the action.`);
    }
  } finally {
    say(after);
  }
  return script;
}
