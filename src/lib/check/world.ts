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
  /** The AWS settings for targets without their own: profile, Region, and the MFA prompt. */
  readonly aws: AwsSettings;
  /** The limit for each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** The settings for the Atlas Administration API; null without credentials. */
  readonly atlas: AtlasSettings | null;
  /** The id of the Atlas project for targets that name no project; null if unknown. */
  readonly atlasProject: string | null;
  /** Warn if something expires sooner than this, in milliseconds; null disables the warnings. */
  readonly warnExpiryMs: number | null;
  /** Whether to also send requests that must be rejected. */
  readonly negative: boolean;
  /**
   * How long to hold a connection with a token that expires earlier, in milliseconds; null holds no
   * connection.
   */
  readonly soakMs: number | null;
}

/** The data and functions that the checks of one target can use. */
export interface World {
  readonly context: Context;
  readonly options: CheckOptions;
  readonly target: CheckTarget;
  readonly plan: TargetPlan;
  /** Results that the targets of the same round share. */
  readonly shared: SharedOutcomes;
  /** The logins of this target that have started, by mechanism. */
  readonly logins: Map<Mechanism, LoginRun>;
  /** Called with the expiration of each token that a held connection receives. */
  readonly held: (expiresAt: Date) => void;
  /** Completes the command that a result offers for a target; null if the command cannot be completed. */
  readonly offer: (command: OfferedCommand, target: CheckTarget) => string | null;
}
