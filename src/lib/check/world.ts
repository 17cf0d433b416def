import type { CheckTarget } from '../core/check-target.ts';
import type { SuggestedCommand } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { AtlasSettings } from '../ports/atlas.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Mechanism } from '../ports/mongo.ts';
import type { LoginRun } from './login-run.ts';
import type { SharedOutcomes } from './shared.ts';
import type { TargetPlan } from './target-plan.ts';

/** The options that apply to every target of a run. */
export interface CheckOptions {
  /** The AWS settings: profile, Region and MFA prompt. The settings of a target take precedence. */
  readonly aws: AwsSettings;
  /** The timeout of each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** The settings for the Atlas Administration API; null if no credentials are set. */
  readonly atlas: AtlasSettings | null;
  /** The ID of the Atlas project for targets that do not specify a project; null if unknown. */
  readonly atlasProject: string | null;
  /**
   * A token, credential or access list entry that expires within this number of milliseconds causes a
   * warning. Null disables these warnings.
   */
  readonly warnExpiryMs: number | null;
  /** Whether to also run the checks for --negative. These checks send requests that must be rejected. */
  readonly negative: boolean;
  /**
   * How long the soak test keeps a connection open, in milliseconds. The token of the connection expires
   * during this time. Null omits the soak test.
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
  /** Called with the expiration time of each token for the connection that the soak test keeps open. */
  readonly held: (expiresAt: Date) => void;
  /**
   * Adds the options of the current command line to the suggested command of a result, and returns the
   * complete command line. Returns null if a required value may contain a secret.
   */
  readonly offer: (command: SuggestedCommand, target: CheckTarget) => string | null;
}
