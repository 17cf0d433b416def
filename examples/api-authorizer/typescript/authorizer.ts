// Lambda authorizer. Allows the roles in ALLOWED_SUBJECTS if AWS signed their token for this API.
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

const { AUDIENCE = '', ISSUER_URL = '', ALLOWED_SUBJECTS = '' } = process.env;

const allowed = new Set(ALLOWED_SUBJECTS.split(','));

interface TokenEvent {
  readonly authorizationToken?: string;
  readonly methodArn: string;
}

export async function handler({ authorizationToken = '', methodArn }: TokenEvent) {
  let subject = '';
  try {
    ({ sub: subject = '' } = await verify(tokenOf(authorizationToken)));
  } catch (error) {
    process.stderr.write(`Token rejected: ${String(error)}\n`);
    return policy('Deny', methodArn, 'unknown');
  }
  if (!allowed.has(subject)) {
    // A valid token only identifies the caller. Every role of the account can get a valid token.
    process.stderr.write(`Subject not allowed: ${subject}\n`);
    return policy('Deny', methodArn, subject);
  }
  return policy('Allow', methodArn, subject);
}

function tokenOf(header: string): string {
  const [, token] = /^bearer +(\S+)$/i.exec(header.trim()) ?? [];
  if (token === undefined) throw new Error('the Authorization header has no bearer token');
  return token;
}

async function verify(token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, await keys(), {
    algorithms: ['RS256'],
    audience: AUDIENCE,
    issuer: ISSUER_URL,
    requiredClaims: ['exp', 'sub'],
  });
  return payload;
}

let found: ReturnType<typeof createRemoteJWKSet> | undefined;

/** Returns the keys of the issuer. Fetches them at the first request and caches them. */
async function keys() {
  if (found === undefined) {
    const url = `${ISSUER_URL}/.well-known/openid-configuration`;
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
    const discovery = (await response.json()) as { readonly issuer: string; readonly jwks_uri: string };
    if (discovery.issuer !== ISSUER_URL) throw new Error('the discovery document has another issuer');
    found = createRemoteJWKSet(new URL(discovery.jwks_uri), { timeoutDuration: 5000 });
  }
  return found;
}

function policy(effect: 'Allow' | 'Deny', resource: string, subject: string) {
  return {
    principalId: subject,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
    context: { sub: subject },
  };
}
