import type { FailureFacts } from '../core/errors.ts';

/**
 * Matches Atlas host names for private endpoints (`<cluster>-pl-<n>.`, `pl-<n>-<region>.`) and for network
 * peering (`<cluster>-pri.`).
 *
 * @see https://www.mongodb.com/docs/atlas/security-private-endpoint/
 */
const PRIVATE =
  /^(?:pl-\d+(?:-[a-z0-9-]+)?|[a-z0-9-]+-(?:pl-\d+|pri))\.[a-z0-9-]+\.mongodb(?:gov)?\.net\.?$/i;

/**
 * Returns the likely cause and the remedy for a private name that does not resolve; null for a public name.
 */
export function adviceOnPrivateName(host: string): Pick<FailureFacts, 'likelyCause' | 'remedy'> | null {
  if (!PRIVATE.test(host)) return null;
  return {
    likelyCause:
      'The host name belongs to a private endpoint (-pl-0) or to network peering (-pri). The name resolves only in the private network that is connected to the cluster.',
    remedy:
      'Run the command in the private network, or use the public connection string that Atlas shows for the cluster.',
  };
}
