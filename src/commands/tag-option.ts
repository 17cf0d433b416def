import { FedctlError } from '../lib/core/errors.ts';
import type { Tag } from '../lib/core/token.ts';

/**
 * Tags as they are typed, `<key>=<value>`. The first `=` divides: AWS allows more of them on both sides, and a key that
 * holds one cannot be typed.
 *
 * @throws FedctlError usage.invalid-value
 */
export function readTags(given: readonly string[], option: '--tag' | '--session-tag'): readonly Tag[] {
  return given.map((text, index) => {
    const divider = text.indexOf('=');
    if (divider !== -1) return { key: text.slice(0, divider), value: text.slice(divider + 1) };
    throw new FedctlError('usage.invalid-value', {
      message: `Tag ${index + 1} is not <key>=<value>.`,
      remedy: `add ${option} <key>=<value>`,
      details: { option, position: index + 1 },
    });
  });
}
