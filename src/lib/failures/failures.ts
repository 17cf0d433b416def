import { CATALOGUE } from './catalogue.generated.ts';
import type { Failure } from './failure.ts';

export type { Failure } from './failure.ts';

/** A stable name of one way to fail: `<area>[.<part>].<kebab>`. Codes are never renamed. */
export type FailureCode = keyof typeof CATALOGUE;

/** Whether a text is a code of the catalogue. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** Every failure fedctl can raise. A page docs/failures/<code>.md is the source of each. */
export const FAILURES: Readonly<Record<FailureCode, Failure>> = CATALOGUE;
