import type { FailureFacts } from '../core/errors.ts';

/**
 * How Atlas writes the names of a private endpoint (`<cluster>-pl-<n>.`, `pl-<n>-<region>.`) and of peering
 * (`<cluster>-pri.`).
 * @see https://www.mongodb.com/docs/atlas/security-private-endpoint/
 */
const PRIVATE =
  /^(?:pl-\d+(?:-[a-z0-9-]+)?|[a-z0-9-]+-(?:pl-\d+|pri))\.[a-z0-9-]+\.mongodb(?:gov)?\.net\.?$/i;

/** What to say of a name that does not resolve: empty for one that should, anywhere. */
export function adviceOnPrivateName(host: string): Pick<FailureFacts, 'likelyCause' | 'remedy'> | null {
  if (!PRIVATE.test(host)) return null;
  return {
    likelyCause:
      'The name is that of a private endpoint (-pl-0) or of peering (-pri): it resolves in that network only.',
    remedy:
      'Run this in the network of the private endpoint, or use the public connection string that Atlas shows for the cluster.',
  };
}
