import { deadline, timedOut, within } from '../core/deadline.ts';
import { isFedctlError } from '../core/errors.ts';
import type { CallSite } from './call-site.ts';
import { callFailure, timeoutFailure } from './failures.ts';
import { statusSeen } from './request-handler.ts';

/**
 * Makes a call to AWS. The returned promise is rejected when the time limit is reached or the signal fires,
 * even if the SDK has not yet stopped the request.
 *
 * @param send a function that sends the request. The signal that this function receives also fires when the
 * time limit is reached.
 * @throws FedctlError if the service or the connection fails; the abort reason, if the signal is aborted
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
