import { ATLAS_FAILURES } from './failures/atlas.ts';
import { AWS_FAILURES } from './failures/aws.ts';
import { EXEC_FAILURES } from './failures/exec.ts';
import type { Failure } from './failures/failure.ts';
import { LAB_FAILURES } from './failures/lab.ts';
import { MONGO_FAILURES } from './failures/mongo.ts';
import { NET_FAILURES } from './failures/net.ts';
import { TOKEN_FAILURES } from './failures/token.ts';
import { USAGE_FAILURES } from './failures/usage.ts';

export type { Failure } from './failures/failure.ts';

const ALL = {
  ...USAGE_FAILURES,
  ...AWS_FAILURES,
  ...TOKEN_FAILURES,
  ...MONGO_FAILURES,
  ...ATLAS_FAILURES,
  ...EXEC_FAILURES,
  ...LAB_FAILURES,
  ...NET_FAILURES,
};

/** A stable name of one way to fail: `<area>[.<part>].<kebab>`. Codes are never renamed. */
export type FailureCode = keyof typeof ALL;

/** Every failure fedctl can report. Errors, `explain` and the documentation read this and nothing else. */
export const FAILURES: Readonly<Record<FailureCode, Failure>> = ALL;
