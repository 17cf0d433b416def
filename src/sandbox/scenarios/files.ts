import { type Scenario, scenario } from './scenario.ts';

/** Faults of the token file. */
export const FILE_SCENARIOS: readonly Scenario[] = [
  scenario(
    'token-file-missing',
    'The token file does not exist: nothing has written it yet, or the path is wrong.',
    'mongo.token-file-unusable',
    async (stage) => stage.useTokenFile(`${await stage.file('token', '')}.jwt`),
  ),
  scenario(
    'token-file-half-written',
    'The token file was read while it was being written.',
    'mongo.token-file-unusable',
    async (stage) => {
      const token = await stage.token();
      stage.useTokenFile(await stage.file('token', token.slice(0, token.length / 3)));
    },
  ),
  scenario(
    'token-file-newline',
    'The token file ends with a newline, and drivers send the newline with the token.',
    'mongo.token-file.white-space',
    async (stage) => stage.useTokenFile(await stage.file('token', `${await stage.token()}\n`)),
  ),
  scenario(
    'token-file-world-readable',
    'Every user of this machine can read the token file.',
    'mongo.token-file.world-readable',
    async (stage) => stage.useTokenFile(await stage.file('token', await stage.token(), 0o644)),
  ),
  scenario(
    'token-file-stale',
    'Nothing renews the token file. When the server requests a new login, programs send the expired token.',
    'jwt.expired',
    async (stage) => stage.useTokenFile(await stage.file('token', await stage.token(-3900))),
  ),
];
