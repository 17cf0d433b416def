import { CATALOGUE, type RaisedCode } from './catalogue.generated.ts';
import type { Failure } from './failure.ts';

export type { Failure } from './failure.ts';

/** The code of a failure, in kebab case: `<area>[.<part>].<name>`. Codes are never renamed. */
export type FailureCode = RaisedCode;

/** Returns whether a text is a code in the catalogue. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(CATALOGUE, code);
}

/** Every failure that fedctl can raise. Generated from the pages docs/failures/<code>.md. */
export const FAILURES: Readonly<Record<FailureCode, Failure>> = CATALOGUE;
