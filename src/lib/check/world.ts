import type { CheckTarget } from '../core/check-target.ts';
import type { OfferedCommand } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { AtlasSettings } from '../ports/atlas.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Mechanism } from '../ports/mongo.ts';
import type { LoginRun } from './login-run.ts';
import type { SharedOutcomes } from './shared.ts';
import type { TargetPlan } from './target-plan.ts';

/** What holds for every target of a run. */
export interface CheckOptions {
  /** How AWS is reached where a target does not say: profile, Region, who is asked for an MFA code. */
  readonly aws: AwsSettings;
  /** Bounds each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** How to get into the Atlas Administration API; null without credentials. */
  readonly atlas: AtlasSettings | null;
  /** Ids of organization and project in Atlas where a target names none; null where unknown. */
  readonly atlasProject: string | null;
  /** Warn about what ends sooner than this, in milliseconds; null: never. */
  readonly warnExpiryMs: number | null;
  /** Also try what must be refused. */
  readonly negative: boolean;
  /** Hold a connection for so long, in milliseconds, with a token that ends before; null: no. */
  readonly soakMs: number | null;
}

/** Everything that the checks of one target may ask. */
export interface World {
  readonly context: Context;
  readonly options: CheckOptions;
  readonly target: CheckTarget;
  readonly plan: TargetPlan;
  /** What was found out for another target of the same run, and holds for this one. */
  readonly shared: SharedOutcomes;
  /** The logins of this target that were started. */
  readonly logins: Map<Mechanism, LoginRun>;
  /** Told of each token that a connection is given while it is held. */
  readonly held: (expiresAt: Date) => void;
  /** A command that a result offers, complete; null where that cannot be done. */
  readonly offer: (command: OfferedCommand, target: CheckTarget) => string | null;
}
