import { deadline, timedOut, within } from '../core/deadline.ts';
import { isFedctlError } from '../core/errors.ts';
import type { CallSite } from './call-site.ts';
import { callFailure, timeoutFailure } from './failures.ts';
import { statusSeen } from './request-handler.ts';

/**
 * Makes a call that ends when it completes, when its time has run out, or shortly after the signal fires,
 * even while the SDK is waiting.
 *
 * @param send receives the signal that also includes the deadline
 * @throws FedctlError for every failure of the service and of the connection; the signal's own reason when it
 * fires
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
