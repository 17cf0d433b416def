import type { Context } from '../lib/core/context.ts';
import type { AwsSettings } from '../lib/ports/aws.ts';
import type { Progress } from '../lib/render/progress.ts';
import { askHidden, canAsk } from '../lib/render/prompt.ts';

/** Returns the AWS setting that prompts for MFA codes; an empty object if fedctl cannot prompt. */
export function mfaPrompt(context: Context, progress: Progress): Pick<AwsSettings, 'mfaCode'> {
  if (!canAsk(context)) return {};
  return {
    mfaCode: (serialNumber) =>
      progress.paused(() =>
        askHidden(`Code of the MFA device ${serialNumber}`, context, (typed) =>
          /^\d{6}$/.test(typed.trim()) ? null : 'Expected six digits.',
        ),
      ),
  };
}
