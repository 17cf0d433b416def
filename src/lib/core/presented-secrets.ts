import type { Context } from './context.ts';
import { Secret } from './secret.ts';

/** Variables whose value fedctl sends to a server. */
const VARIABLES = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'MONGODB_ATLAS_CLIENT_SECRET',
  'MONGODB_ATLAS_PRIVATE_API_KEY',
  'FEDCTL_SANDBOX_TOKEN',
];

/** A password in a URL, for example of a connection string, a proxy or an endpoint. */
const URL_PASSWORD = /:\/\/[^\s/@:]*:([^\s/@]+)@/g;
/** The value of an option in a connection string whose name marks it as a secret. */
const SECRET_OPTION = /[?&;,:=][\w-]*(?:pass|secret|token)[\w-]*[=:]([^\s&,]+)/gi;

/**
 * Returns the secrets that a run receives: in dedicated variables, and in URLs in other variables and in
 * arguments.
 */
export function givenSecrets(env: Context['env'], argv: readonly string[]): readonly Secret[] {
  const own = VARIABLES.flatMap((name) => env[name] ?? []);
  const texts = [...Object.values(env), ...argv].filter((text) => text?.includes('://'));
  const found = texts.flatMap((text = '') =>
    [URL_PASSWORD, SECRET_OPTION].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, value = '']) => value),
    ),
  );
  return [...own, ...found, ...found.map(decoded)].map((value) => new Secret(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
