import { deadline, timedOut, within } from '../core/deadline.ts';
import { isFedctlError } from '../core/errors.ts';
import type { CallSite } from './call-site.ts';
import { callFailure, timeoutFailure } from './failures.ts';
import { statusSeen } from './request-handler.ts';

/**
 * Makes a call. Returns when the call completes, when its time limit is reached, or shortly after the signal
 * fires, even if the SDK is still waiting.
 *
 * @param send sends the request, with a signal that also includes the time limit
 * @throws FedctlError for every failure of the service and of the connection; the signal's own reason
 */
export async function call<Output>(
  site: CallSite,
  signal: AbortSignal,
  send: (bounded: AbortSignal) => Promise<Output>,
): Promise<Output> {
  const bounded = deadline(signal, site.timeoutMs);
  try {
    return await within(bounded, send(bounded));
  } catch (error) {
    if (isFedctlError(error)) throw error;
    if (timedOut(bounded)) throw timeoutFailure(site, error, statusSeen(bounded));
    if (signal.aborted) throw signal.reason;
    throw callFailure(error, site);
  }
}
