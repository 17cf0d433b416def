import { isFedctlError } from '../core/errors.ts';
import type { Iam } from '../ports/aws.ts';
import { type Connection, clientConfig, type FindCredentials } from './connection.ts';
import { notAws } from './failures.ts';
import { comparable } from './refusal.ts';
import { originOf } from './service-endpoint.ts';
import { asker, signerOf } from './signed-calls.ts';

/**
 * Creates the IAM client that reads and changes the outbound federation setting (facts/aws.md 1). Before each
 * call, `find` returns the credentials that sign the call.
 */
export async function createIam(connection: Connection, find: FindCredentials): Promise<Iam> {
  const sdk = await import('./iam-client.ts');
  const signer = signerOf(find);
  const client = new sdk.IAMClient(clientConfig(connection, 'iam', signer.current));
  const endpoint = originOf(client.config.endpointProvider, connection, 'iam');
  const ask = asker('IAM', connection, endpoint, signer);
  return {
    endpoint,
    async enableOutboundFederation(signal) {
      const answer = await unlessAlready('FeatureEnabled', () =>
        ask('EnableOutboundWebIdentityFederation', signal, (abortSignal) =>
          client.send(new sdk.EnableOutboundWebIdentityFederationCommand({}), { abortSignal }),
        ),
      );
      if (answer === null) return { changed: false, issuer: null };
      const issuer = answer.output.IssuerIdentifier;
      if (!issuer) throw notAws(answer.site, 'the response contains no issuer');
      return { changed: true, issuer };
    },
    async disableOutboundFederation(signal) {
      const answer = await unlessAlready('FeatureDisabled', () =>
        ask('DisableOutboundWebIdentityFederation', signal, (abortSignal) =>
          client.send(new sdk.DisableOutboundWebIdentityFederationCommand({}), { abortSignal }),
        ),
      );
      if (answer === null) return { changed: false };
      // In the response to this call, AWS returns only a request ID. A response without a request ID comes
      // from another server, such as a captive portal.
      if (answer.output.$metadata.requestId === undefined)
        throw notAws(answer.site, 'the response has no request ID');
      return { changed: true };
    },
    async outboundFederationInfo(signal) {
      const answer = await unlessAlready('FeatureDisabled', () =>
        ask('GetOutboundWebIdentityFederationInfo', signal, (abortSignal) =>
          client.send(new sdk.GetOutboundWebIdentityFederationInfoCommand({}), { abortSignal }),
        ),
      );
      if (answer === null) return { enabled: false, issuer: null };
      const { IssuerIdentifier: issuer, JwtVendingEnabled: enabled } = answer.output;
      // AWS documents the value false, but returns the error FeatureDisabled instead (facts/aws.md 0.1).
      if (enabled === false) return { enabled: false, issuer: issuer ?? null };
      if (!issuer) throw notAws(answer.site, 'the response contains no issuer');
      return { enabled: true, issuer };
    },
  };
}

/**
 * Makes a call. Returns null if AWS returns the error code in `state`: FeatureEnabled (409) for an enable
 * call, or FeatureDisabled (404) for a disable or info call.
 */
async function unlessAlready<Answer>(
  state: 'FeatureEnabled' | 'FeatureDisabled',
  ask: () => Promise<Answer>,
): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (isFedctlError(error) && comparable(String(error.details['awsCode'])) === state) return null;
    throw error;
  }
}
