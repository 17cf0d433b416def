import type { Theme } from '../../lib/render/theme.ts';
import { PROMISES } from './promises.generated.ts';

/** Lists the guarantees of SECURITY.md. */
export function securityLines(theme: Theme): readonly string[] {
  return [
    ...PROMISES.flatMap(({ title, promises }) => [
      `${title}:`,
      ...promises.map((promise) => `  - ${theme.prose(promise.replaceAll('`', ''))}`),
      '',
    ]),
    theme.prose('SECURITY.md in the source repository names the test for each guarantee.'),
  ];
}
