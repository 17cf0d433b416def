import type { WantedDuration } from '../../lib/auth/lifetime.ts';
import { DEFAULT_DURATION_SECONDS, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../lib/core/token.ts';
import { choice, duration, durationOrAuto } from './kinds.ts';
import type { OptionSpec } from './option.ts';

/** The option `--signing-algorithm` of commands that mint tokens. */
export const SIGNING_ALGORITHM: OptionSpec<SigningAlgorithm> = choice(
  '--signing-algorithm <name>',
  'Signing algorithm of the token (default: RS256)',
  SIGNING_ALGORITHMS,
  'RS256',
);

export const TOKEN_DURATION: OptionSpec<number> = duration(
  '--duration <time>',
  'Token lifetime (default: 5m)',
  DEFAULT_DURATION_SECONDS,
);

/** The token lifetime for commands that support `auto`. With `auto`, the lifetime is as long as possible. */
export const WANTED_DURATION: OptionSpec<WantedDuration> = durationOrAuto(
  '--duration <time>',
  'Token lifetime, or auto (default: 5m)',
  DEFAULT_DURATION_SECONDS,
);
