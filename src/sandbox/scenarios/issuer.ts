import { discoveryDocument, jwks } from '../issuer/issuer.ts';
import { createSigningKeys } from '../issuer/signing-keys.ts';
import { CAPTIVE_PORTAL, closedPort, type HttpAnswer, json, silence, standIn } from './hops/http.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Faults of the issuer, its documents and its signing keys. */
export const ISSUER_SCENARIOS: readonly Scenario[] = [
  scenario(
    'issuer-unreachable',
    'No server listens at the URL of the issuer.',
    'issuer.unreachable',
    async (stage) => moveIssuer(stage, `http://127.0.0.1:${await closedPort()}`),
  ),
  scenario(
    'issuer-slow',
    'The issuer accepts connections but does not respond in time.',
    'issuer.timeout',
    (stage) => {
      stage.set({ FEDCTL_TIMEOUT: '2s' });
      return replaceIssuer(stage, silence);
    },
  ),
  scenario(
    'issuer-redirecting',
    'A proxy returns a redirect to a sign-in page for requests to the issuer.',
    'issuer.redirected',
    (stage) =>
      replaceIssuer(stage, async () => ({
        status: 302,
        headers: { location: 'https://login.example.com/' },
        body: '',
      })),
  ),
  scenario(
    'issuer-captive-portal',
    'A guest network returns its welcome page for requests to the issuer.',
    'issuer.not-json',
    (stage) => replaceIssuer(stage, async () => CAPTIVE_PORTAL),
  ),
  scenario(
    'issuer-wrong-document',
    'The URL of the issuer returns an unrelated discovery document that has no jwks_uri.',
    'issuer.wrong-document',
    (stage) =>
      replaceIssuer(stage, async (_path, issuer) =>
        json({ issuer, authorization_endpoint: `${issuer}/authorize`, response_types_supported: ['code'] }),
      ),
  ),
  scenario(
    'issuer-names-another',
    'The issuer in the discovery document differs from the requested URL.',
    'issuer.wrong-document',
    (stage) => serveDocuments(stage, { discovery: (issuer) => discoveryDocument(`${issuer}/`) }),
  ),
  scenario(
    'issuer-key-missing',
    'The issuer does not publish the key that signed the token.',
    'jwt.key-unknown',
    async (stage) => {
      const others = createSigningKeys(stage.account.keys.RS256.generation + 1);
      await serveDocuments(stage, { keys: () => jwks(others) });
    },
  ),
  scenario(
    'issuer-ec-key-only',
    'The issuer publishes only an elliptic curve key, but tokens are signed with RSA.',
    'jwt.key-unknown',
    (stage) =>
      serveDocuments(stage, { keys: async () => ({ keys: [(await stage.account.keys.ES384.pair()).jwk] }) }),
  ),
  scenario(
    'issuer-key-rotated',
    'The keys were rotated, and the token file contains a token that was signed with the old key.',
    'jwt.key-unknown',
    async (stage) => {
      stage.useTokenFile(await stage.file('token', await stage.token()));
      await stage.lab.world.rotateKeys(stage.account.id);
    },
  ),
  scenario(
    'token-signed-with-es384',
    'Tokens are signed with ES384, but the server supports only RSA.',
    'jwt.algorithm-refused',
    (stage) => stage.set({ FEDCTL_SIGNING_ALGORITHM: 'ES384' }),
  ),
];

/** Replaces the issuer URL in tokens, in the identity provider, and in the command's variables. */
function moveIssuer(stage: Stage, url: string): void {
  const { account, lab } = stage;
  for (const { id, issuer } of lab.atlas.identityProviders) {
    if (issuer === account.issuer) lab.atlas.updateIdentityProvider(id, { issuer: url });
  }
  account.issuer = url;
  stage.set({ FEDCTL_ISSUER: url });
}

async function replaceIssuer(
  stage: Stage,
  answer: (path: string, issuer: string) => Promise<HttpAnswer>,
): Promise<void> {
  const server = await standIn(stage, (request) => answer(request.target, stage.account.issuer));
  moveIssuer(stage, server.url);
}

/** Starts an issuer that serves the account's documents. The given documents replace the originals. */
function serveDocuments(
  stage: Stage,
  given: { readonly discovery?: (issuer: string) => object; readonly keys?: () => Promise<object> },
): Promise<void> {
  const { discovery = discoveryDocument, keys = () => jwks(stage.account.keys) } = given;
  return replaceIssuer(stage, async (path, issuer) =>
    json(path.endsWith('/openid-configuration') ? discovery(issuer) : await keys()),
  );
}
