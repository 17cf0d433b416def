import { DEFAULT_DURATION_SECONDS, type WantedDuration } from '../lib/auth/lifetime.ts';
import { parseDuration } from '../lib/core/duration.ts';
import { FedctlError } from '../lib/core/errors.ts';
import type { OptionSpec } from './options.ts';

/** `--duration <time>` of tokens, which may be `auto`. */
export function durationOrAuto(): OptionSpec<WantedDuration> {
  return {
    flags: '--duration <time>',
    description: 'how long the token lives, or auto (default: 5m)',
    env: true,
    repeatable: false,
    read: (given, name) => {
      const value = Array.isArray(given) ? given.at(-1) : undefined;
      if (value === undefined) return DEFAULT_DURATION_SECONDS;
      const wanted = value === 'auto' ? value : parseDuration(value);
      if (wanted !== null) return wanted;
      const expected = 'a duration such as 90s, 5m or 1h, or auto';
      throw new FedctlError('usage.invalid-value', {
        message: `${name} cannot be "${value}": expected ${expected}.`,
        details: { option: name, expected },
      });
    },
  };
}
