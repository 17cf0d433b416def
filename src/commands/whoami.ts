import { federationState } from '../lib/auth/federation.ts';
import { atlasSide, identifyCaller, subjectWarnings } from '../lib/auth/identity.ts';
import { isFedctlError } from '../lib/errors.ts';
import type { Iam } from '../lib/ports.ts';
import { whoamiDocument, whoamiText } from '../lib/render/whoami.ts';
import { command, type Invocation } from './command.ts';
import { type OptionTable, text } from './options.ts';

export const whoami = command({
  arguments: '',
  examples: [
    'fedctl whoami',
    'fedctl whoami --profile prod --audience my-atlas',
    'fedctl whoami --json | jq -r .credentials.provider',
  ],
  notes: `Shows which principal AWS sees and which provider its keys come from, and what to enter in Atlas to let
this principal in. Mints no token and shows no secret.`,
  options: {
    audience: text('--audience <aud>', 'audience to show for Atlas'),
  },
  async run(invocation) {
    const { context, options, aws: settings, warn, theme } = invocation;
    const { signal } = context;
    const aws = await context.aws(settings);
    const credentials = await aws.credentials(signal);
    const caller = await identifyCaller(aws, signal);
    const iam = await aws.iam();
    const issuer = await issuerIfKnown(iam, invocation);
    for (const warning of subjectWarnings(caller.subject)) warn(warning);
    const found = {
      caller,
      credentials,
      endpoints: { sts: (await aws.sts()).endpoint, iam: iam.endpoint },
      notes: await aws.notes(),
      atlas: atlasSide(issuer, options.audience, caller.subject),
    };
    return { document: whoamiDocument(found), text: whoamiText(found, context.now(), theme) };
  },
});

/** The issuer serves only what is copied to Atlas: who the caller is stands without it, also where IAM is out of reach. */
async function issuerIfKnown(iam: Iam, { context, warn }: Invocation<OptionTable>): Promise<string | null> {
  try {
    return (await federationState(iam, context.signal)).issuer;
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    if (!isFedctlError(error)) throw error;
    warn(error.with({ message: `The issuer is not known. ${error.message}` }));
    return null;
  }
}
