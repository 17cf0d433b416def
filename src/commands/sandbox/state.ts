import { resolve } from 'node:path';
import { FedctlError, isFedctlError } from '../../lib/core/errors.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { Lab } from '../../sandbox/running-lab.ts';
import type { Kept } from '../../sandbox/state/kept.ts';
import { readState, writeState } from '../../sandbox/state/state-directory.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

/** The state of a lab in the directory of --state. */
export interface OpenState {
  /** The saved state; null if the directory is new. */
  readonly kept: Kept | null;
  /**
   * Writes the state.
   *
   * @param running false when the lab stops; the next lab can then use the directory
   */
  write(lab: Lab, running: boolean): Promise<void>;
}

/**
 * Opens the state of a lab, unless another running lab uses it. If the last lab was killed, prints a warning
 * and uses the last saved state.
 *
 * @throws FedctlError lab.state-invalid, lab.state-in-use
 */
export async function openState(invocation: Invocation<OptionTable>, given: string): Promise<OpenState> {
  const directory = resolve(invocation.context.cwd, given);
  const kept = await readState(directory, invocation.context.signal, invocation.common.timeoutMs);
  const usedBy = kept?.usedBy ?? null;
  if (usedBy !== null && (await answers(invocation, usedBy))) {
    throw new FedctlError('lab.state-in-use', {
      message: `The lab at ${usedBy.url} is running and uses the state in ${directory}.`,
      details: { directory, url: usedBy.url },
    });
  }
  if (usedBy !== null) {
    invocation.warn({
      code: 'lab.state-stale',
      message: `The lab that used ${directory} was killed. Changes made after its start are lost.`,
      remedy: null,
    });
  }
  return { kept, write: (lab, running) => writeState(directory, lab, running) };
}

/**
 * Returns whether the lab that wrote the state is still running. The request contains the token of this lab,
 * so that another lab at the same address rejects the request.
 */
async function answers(
  { context, common }: Invocation<OptionTable>,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<boolean> {
  const env = { ...context.env, FEDCTL_SANDBOX_URL: url, FEDCTL_SANDBOX_TOKEN: token };
  try {
    await createLabClient({ ...context, env }, Math.min(common.timeoutMs, 5000)).time();
    return true;
  } catch (error) {
    if (isFedctlError(error)) return false;
    throw error;
  }
}
