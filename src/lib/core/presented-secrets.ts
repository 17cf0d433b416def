import type { Context } from './context.ts';
import { Secret } from './secret.ts';

/** Environment variables that contain secrets which fedctl sends to servers. */
const VARIABLES = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'MONGODB_ATLAS_CLIENT_SECRET',
  'MONGODB_ATLAS_PRIVATE_API_KEY',
  'FEDCTL_SANDBOX_TOKEN',
];

/** Matches a password in a URL, for example in a connection string, a proxy URL or an endpoint URL. */
const URL_PASSWORD = /:\/\/[^\s/@:]*:([^\s/@]+)@/g;
/** Matches the value of a connection string option with `pass`, `secret` or `token` in its name. */
const SECRET_OPTION = /[?&;,:=][\w-]*(?:pass|secret|token)[\w-]*[=:]([^\s&,]+)/gi;

/**
 * Returns the secrets in the environment and in the arguments: the values of the variables above, and secrets
 * in URLs.
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
