import {
  type ConnectPlan,
  connect as connectTo,
  decisive,
  type MechanismResult,
  planConnect,
} from '../lib/auth/connect.ts';
import { PROBE_NAMESPACE } from '../lib/core/namespace.ts';
import { type Mechanism, STAGES, type StageEvent, type StageId } from '../lib/ports/mongo.ts';
import {
  connectDocument,
  connectFailure,
  connectHeader,
  handshakeLines,
  identityLine,
  secondFailureLines,
  stageLine,
} from '../lib/render/connect.ts';
import { secondsText } from '../lib/render/progress.ts';
import { MECHANISM_CHOICES } from '../lib/uri/mechanism.ts';
import { type Answer, command, type Invocation } from './command.ts';
import { connectionStringOf, DNS_SERVER, mechanismOption, URI } from './options/cluster.ts';
import { namespace } from './options/kinds.ts';
import { optionalValue, text, toggle } from './options/option.ts';
import { ROLE_OPTIONS, roleToAssume } from './options/role.ts';
import { SIGNING_ALGORITHM, TOKEN_DURATION } from './options/token.ts';

const OPTIONS = {
  mechanism: mechanismOption(
    'Authentication mechanism; "both" runs oidc and aws in parallel (default: from the URI, or oidc)',
    MECHANISM_CHOICES,
  ),
  uri: URI,
  audience: text('--audience <aud>', 'Audience of the identity provider in Atlas, for oidc'),
  writeProbe: optionalValue(
    namespace(
      '--write-probe [db.coll]',
      `Collection in which to insert, find and delete a test document (default: ${PROBE_NAMESPACE})`,
      { env: false },
    ),
    PROBE_NAMESPACE,
  ),
  tokenFile: text(
    '--token-file <file>',
    'Token file to log in with, instead of a minted token; - for standard input',
  ),
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: TOKEN_DURATION,
  explain: toggle('--explain', 'Show the handshake of MONGODB-AWS step by step', { env: false }),
  ...ROLE_OPTIONS,
  dnsServer: DNS_SERVER,
} as const;

export const connect = command({
  arguments: '',
  examples: [
    "fedctl connect --mechanism oidc --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas",
    "fedctl connect --mechanism aws --uri 'mongodb+srv://cluster0.example.mongodb.net/'",
    'fedctl connect --mechanism aws --explain   # each step of the MONGODB-AWS handshake',
    'fedctl connect --mechanism both --write-probe app.probe',
    'fedctl connect --token-file /var/run/token   # with the token file of an application',
    'fedctl connect --role-arn arn:aws:iam::123456789012:role/app   # with the role of the workload',
  ],
  notes: `Stages: resolve, tcp, tls, hello, credential, authenticate, whoami, ping, write-probe. The login stops at the first
stage that fails. --timeout limits each stage. fedctl connects to other machines only with verified TLS.`,
  options: OPTIONS,
  run,
});

async function run(invocation: Invocation<typeof OPTIONS>): Promise<Answer> {
  const { context, options, awsSettings } = invocation;
  const { mechanism, audience, tokenFile, signingAlgorithm } = options;
  const plan = await planConnect(context, awsSettings, {
    mechanism,
    uri: options.uri === null ? null : connectionStringOf(options.uri),
    audience,
    tokenFile,
    signingAlgorithm,
    durationSeconds: options.duration,
    role: roleToAssume(options),
    dnsServer: options.dnsServer,
    writeProbe: options.writeProbe,
    explain: options.explain,
  });
  for (const warning of plan.warnings) invocation.warn(warning);
  const lines = new MechanismLines(invocation, plan);
  const results = await watched(invocation, plan, (name, event) => lines.stage(name, event));
  const failed = decisive(results);
  for (const { name, identity, failure, handshake } of results) {
    for (const line of handshakeLines(handshake ?? [], invocation.theme)) lines.say(name, line);
    if (identity !== null) lines.say(name, identityLine(identity, invocation.theme));
    else if (failure !== null && name !== failed?.name) {
      for (const line of secondFailureLines(failure, invocation.offer(failure.command), invocation.theme))
        lines.say(name, line);
    }
  }
  lines.end();
  if (failed !== null) throw connectFailure(failed, results, invocation.offer);
  return { document: connectDocument(results), lines: [] };
}

/** Logs in to the cluster. If stderr is a terminal, a progress line shows the current stage of the login. */
async function watched(
  { context, progress, hint, options }: Invocation<typeof OPTIONS>,
  plan: ConnectPlan,
  observe: (mechanism: Mechanism, event: StageEvent) => void,
): Promise<readonly MechanismResult[]> {
  const ended = new Map<Mechanism, StageId[]>(plan.logins.map(({ mechanism }) => [mechanism, []]));
  const several = plan.logins.length > 1;
  const each = (text: (stages: readonly StageId[]) => string) =>
    [...ended].map(([mechanism, stages]) => `${several ? `${mechanism} ` : ''}${text(stages)}`).join(', ');
  const all = STAGES.filter((id) => id !== 'write-probe' || options.writeProbe !== null);
  const pending = () => each((stages) => all.find((id) => !stages.includes(id)) ?? 'the login');
  let since = context.now().getTime();
  const shown = () => `${pending()} ${secondsText(context.now().getTime() - since)}`;
  const login = () =>
    connectTo(context, plan, (mechanism, event) => {
      since = context.now().getTime();
      ended.get(mechanism)?.push(event.id);
      observe(mechanism, event);
    });
  try {
    return await progress.during('Waiting for', login, shown);
  } catch (error) {
    if (context.signal.aborted && progress.isShown) {
      hint(`Interrupted. Passed: ${each((stages) => stages.join(', ') || 'none')}.`);
      hint(`Pending: ${pending()}.`);
    }
    throw error;
  }
}

/**
 * Prints the lines of the first mechanism immediately, and the lines of the second mechanism after the first
 * mechanism has finished.
 */
class MechanismLines {
  readonly #invocation: Invocation<typeof OPTIONS>;
  readonly #first: Mechanism | undefined;
  readonly #kept: string[] = [];

  constructor(invocation: Invocation<typeof OPTIONS>, plan: ConnectPlan) {
    this.#invocation = invocation;
    this.#first = plan.logins[0]?.mechanism;
    for (const { mechanism } of plan.logins) {
      this.say(mechanism, connectHeader(mechanism, plan.uri.shown, invocation.theme));
    }
  }

  stage(mechanism: Mechanism, event: StageEvent): void {
    this.say(mechanism, stageLine(event, this.#invocation.theme));
  }

  say(mechanism: Mechanism, line: string): void {
    if (mechanism === this.#first) this.#invocation.print(line);
    else this.#kept.push(line);
  }

  end(): void {
    for (const line of this.#kept) this.#invocation.print(line);
  }
}
