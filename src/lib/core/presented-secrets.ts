import type { Context } from './context.ts';
import { Secret } from './secret.ts';

/** Variables whose value fedctl presents to somebody. */
const VARIABLES = [
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'MONGODB_ATLAS_CLIENT_SECRET',
  'MONGODB_ATLAS_PRIVATE_API_KEY',
  'FEDCTL_SANDBOX_TOKEN',
];

/** A password in a URL: of a connection string, a proxy, an endpoint. */
const URL_PASSWORD = /:\/\/[^\s/@:]*:([^\s/@]+)@/g;
/** A value of a connection string's option whose name says what it is. */
const SECRET_OPTION = /[?&;,:=][\w-]*(?:pass|secret|token)[\w-]*[=:]([^\s&,]+)/gi;

/** The secrets that a run is given: in variables of their own, and in URLs in other variables and in arguments. */
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
