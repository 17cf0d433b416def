import type { CheckTarget } from '../core/check-target.ts';
import type { OfferedCommand } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { AtlasSettings } from '../ports/atlas.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Mechanism } from '../ports/mongo.ts';
import type { LoginRun } from './login-run.ts';
import type { SharedOutcomes } from './shared.ts';
import type { TargetPlan } from './target-plan.ts';

/** The options that apply to every target of a run. */
export interface CheckOptions {
  /** The AWS settings when a target has none: profile, Region, how to ask for an MFA code. */
  readonly aws: AwsSettings;
  /** Bounds each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** How to access the Atlas Administration API; null without credentials. */
  readonly atlas: AtlasSettings | null;
  /** Ids of the Atlas organization and project when a target names none; null when unknown. */
  readonly atlasProject: string | null;
  /** Warn about things that expire sooner than this, in milliseconds; null: never. */
  readonly warnExpiryMs: number | null;
  /** Also try requests that must be rejected. */
  readonly negative: boolean;
  /** Hold a connection for this long, in milliseconds, with a token that expires earlier; null: do not. */
  readonly soakMs: number | null;
}

/** Everything that the checks of one target can use. */
export interface World {
  readonly context: Context;
  readonly options: CheckOptions;
  readonly target: CheckTarget;
  readonly plan: TargetPlan;
  /** Results for other targets of the same run that also apply to this one. */
  readonly shared: SharedOutcomes;
  /** The logins of this target that were started. */
  readonly logins: Map<Mechanism, LoginRun>;
  /** Called with each token that a held connection receives. */
  readonly held: (expiresAt: Date) => void;
  /** Completes a command that a result offers; null when that is not possible. */
  readonly offer: (command: OfferedCommand, target: CheckTarget) => string | null;
}
