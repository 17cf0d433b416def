import { fedctl, rerun } from '../core/command-line.ts';
import type { ConnectionString } from '../core/connection-string.ts';
import type { Adapter, Context } from '../core/context.ts';
import { FedctlError, isFedctlError, type Warning } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { once } from '../core/once.ts';
import type { SigningAlgorithm, TokenSource } from '../core/token.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import type {
  HandshakeStep,
  LoginKeys,
  LoginPlan,
  Mechanism,
  ServerIdentity,
  StageEvent,
} from '../ports/mongo.ts';
import { chooseMechanisms, type MechanismChoice } from '../uri/mechanism.ts';
import { awsUserOf, subjectOf } from './identity.ts';
import { minting, validateMintRequest } from './mint.ts';
import { asRole, type RoleToAssume } from './role.ts';
import { readTokenFile } from './token-file.ts';

export interface ConnectRequest {
  readonly uri: ConnectionString | null;
  /** Null: as the connection string says, else OIDC. */
  readonly mechanism: MechanismChoice | null;
  /** Of the token to mint. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly durationSeconds: number;
  /** Log in with this very token: a file, or `-` for stdin. */
  readonly tokenFile: string | null;
  readonly role: RoleToAssume | null;
  readonly writeProbe: NonNullable<LoginPlan['writeProbe']> | null;
  /** The DNS server to ask for names, `address:port`; null for what this machine asks. */
  readonly dnsServer: string | null;
  /** Report the handshake of MONGODB-AWS. */
  readonly explain: boolean;
}

/** No failure: the file may be named by the environment, for other runs. */
const TOKEN_FILE_UNUSED: Warning = {
  code: 'mongo.token-file.unused',
  message: 'The token file is ignored: MONGODB-AWS logs in with AWS credentials.',
  remedy: 'Remove --token-file, or add --mechanism oidc.',
};

/** What is to be done, with everything checked that can be checked without the network. */
export interface ConnectPlan {
  readonly uri: ConnectionString;
  readonly logins: readonly LoginPlan[];
  readonly explain: boolean;
  readonly warnings: readonly Warning[];
  /** What the logins will ask. */
  readonly adapters: readonly Adapter[];
  /** Lets a question be asked that waits until a server responded: before that, nobody knows whether it is needed. */
  readonly letAsk: () => void;
}

/** How one mechanism ended. */
export interface MechanismResult {
  readonly name: Mechanism;
  readonly identity: ServerIdentity | null;
  readonly stages: readonly StageEvent[];
  readonly failure: FedctlError | null;
  /** What was seen of the handshake, in order; null where nobody asked for it. */
  readonly handshake: readonly NarratedStep[] | null;
}

/** A step of the handshake, with what is known beside the wire. */
export type NarratedStep =
  | HandshakeStep
  /** What STS names for these keys, asked by fedctl itself: the server gets the same answer. Null where STS is out of reach. */
  | {
      readonly step: 'arn';
      readonly arn: string | null;
      /** The name that the server looks up. */
      readonly username: string | null;
    }
  /** What the server says after the login. */
  | ({ readonly step: 'database-user' } & Pick<ServerIdentity, 'user' | 'roles'>);

/**
 * Checks a request and finds out what each login needs. Only the token file is read here.
 *
 * @throws FedctlError usage.missing-uri, usage.missing-audience, usage.invalid-value, usage.invalid-command-line,
 *   mongo.mechanism-conflict, mongo.token-file-unusable, usage.token-as-argument
 */
export async function planConnect(
  context: Context,
  settings: AwsSettings,
  request: ConnectRequest,
): Promise<ConnectPlan> {
  const { uri } = request;
  if (uri === null) {
    throw new FedctlError('usage.missing-uri', {
      message: 'No connection string is given.',
    });
  }
  const chosen = chooseMechanisms(request.mechanism, uri.namedMechanism);
  // Both mechanisms run as the same session: a role is assumed once, and not before it is needed.
  const { asking, letAsk } = askingLater(settings);
  const aws = once(async () => {
    const own = request.role === null ? asking : await asRole(context, asking, request.role);
    return context.aws(own);
  });
  const common: Pick<LoginPlan, 'uri' | 'timeoutMs' | 'writeProbe' | 'dnsServer'> = {
    uri,
    timeoutMs: settings.timeoutMs,
    ...(request.writeProbe === null ? {} : { writeProbe: request.writeProbe }),
    ...(request.dnsServer === null ? {} : { dnsServer: request.dnsServer }),
  };
  const logins: LoginPlan[] = [];
  const told: Warning[] = [...uri.warnings, ...chosen.warnings];
  for (const mechanism of chosen.mechanisms) {
    if (mechanism === 'MONGODB-AWS') {
      logins.push({ ...common, mechanism, credentials: async (signal) => loginKeys(await aws(), signal) });
    } else {
      const { source, warnings: ofSource } = await tokenSource(context, settings, request, aws);
      logins.push({ ...common, mechanism, tokenSource: source });
      told.push(...ofSource);
    }
  }
  if (request.tokenFile !== null && !chosen.mechanisms.includes('MONGODB-OIDC')) told.push(TOKEN_FILE_UNUSED);
  const usesAws = request.tokenFile === null || chosen.mechanisms.includes('MONGODB-AWS');
  if (request.explain && !chosen.mechanisms.includes('MONGODB-AWS')) throw nothingToExplain(uri);
  const adapters: readonly Adapter[] = usesAws ? ['aws', 'mongo'] : ['mongo'];
  return { uri, logins, explain: request.explain, warnings: told, adapters, letAsk };
}

/** The same settings, with the question for an MFA code put off until `letAsk` is called. */
function askingLater(settings: AwsSettings): { readonly asking: AwsSettings; readonly letAsk: () => void } {
  const { mfaCode } = settings;
  if (mfaCode === undefined) return { asking: settings, letAsk: () => {} };
  let letAsk = () => {};
  const mayAsk = new Promise<void>((resolve) => {
    letAsk = resolve;
  });
  const asking = {
    ...settings,
    async mfaCode(serialNumber: string) {
      await mayAsk;
      return mfaCode(serialNumber);
    },
  };
  return { asking, letAsk };
}

/**
 * Asks for the first token or keys at once, so that AWS responds while the server is dialled. A failure is told where
 * the login presents them, as without this.
 */
function begun(login: LoginPlan, signal: AbortSignal): LoginPlan {
  const { tokenSource, credentials } = login;
  return {
    ...login,
    ...(tokenSource && { tokenSource: { get: firstAtOnce((own) => tokenSource.get(own), signal) } }),
    ...(credentials && { credentials: firstAtOnce(credentials, signal) }),
  };
}

function firstAtOnce<T>(
  get: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): (signal?: AbortSignal) => Promise<T> {
  let first: Promise<T> | null = get(signal);
  first.catch(() => {});
  return (own = signal) => {
    const answer = first ?? get(own);
    first = null;
    return answer;
  };
}

/**
 * Does the logins of a plan, side by side. A failed login is a result here; what is thrown is an interruption or a bug.
 *
 * @param observe told of every stage as it ends
 */
export async function connect(
  context: Context,
  plan: ConnectPlan,
  observe: (mechanism: Mechanism, event: StageEvent) => void,
): Promise<readonly MechanismResult[]> {
  const logins = plan.logins.map((login) => begun(login, context.signal));
  await context.load(plan.adapters);
  const mongo = await context.mongo();
  const ended = await Promise.allSettled(
    logins.map(async (login): Promise<MechanismResult> => {
      const stages: StageEvent[] = [];
      const told = plan.explain && login.mechanism === 'MONGODB-AWS' ? narrating(login) : null;
      const note = (event: StageEvent) => {
        stages.push(event);
        if (event.id === 'hello') plan.letAsk();
        observe(login.mechanism, event);
      };
      try {
        const identity = await mongo.login(told?.login ?? login, note, context.signal);
        const handshake = told?.steps(identity) ?? null;
        return { name: login.mechanism, identity, stages, failure: null, handshake };
      } catch (error) {
        if (context.signal.aborted) throw context.signal.reason;
        if (!isFedctlError(error)) throw error;
        const handshake = told?.steps(null) ?? null;
        return { name: login.mechanism, identity: null, stages, failure: error, handshake };
      }
    }),
  );
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** The same login, and what is to be told of its handshake. */
function narrating(login: LoginPlan) {
  let seen: HandshakeStep[] = [];
  let keys: LoginKeys | null = null;
  const { credentials } = login;
  return {
    login: {
      ...login,
      ...(credentials === undefined
        ? {}
        : {
            async credentials(signal: AbortSignal) {
              keys = await credentials(signal);
              return keys;
            },
          }),
      observeHandshake(step: HandshakeStep) {
        // A second connection begins anew.
        seen = step.step === 'nonce' ? [step] : [...seen, step];
      },
    } satisfies LoginPlan,
    steps(identity: ServerIdentity | null): readonly NarratedStep[] {
      const replayed = seen.some(({ step }) => step === 'replay');
      return [
        ...seen,
        ...(replayed && keys !== null ? [arnStep(keys)] : []),
        ...(identity === null
          ? []
          : [{ step: 'database-user', user: identity.user, roles: identity.roles } as const]),
      ];
    },
  };
}

function arnStep({ arn, databaseUser }: LoginKeys): NarratedStep {
  return { step: 'arn', arn, username: databaseUser?.username ?? null };
}

function nothingToExplain({ namedMechanism }: ConnectionString): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: '--explain shows the handshake of MONGODB-AWS, and this login uses MONGODB-OIDC.',
    remedy: 'Log in with AWS credentials, or leave out --explain.',
    // A connection string that names the other mechanism contradicts the option.
    ...(namedMechanism === null ? { command: rerun({ set: { '--mechanism': 'aws' } }) } : {}),
    option: '--explain',
  });
}

/** The result that decides how the run ends: the first that failed, in the order of the mechanisms; null when all is well. */
export function decisive(
  results: readonly MechanismResult[],
): (MechanismResult & { failure: FedctlError }) | null {
  for (const result of results) {
    if (result.failure !== null) return { ...result, failure: result.failure };
  }
  return null;
}

async function tokenSource(
  context: Context,
  settings: AwsSettings,
  request: ConnectRequest,
  aws: () => Promise<Aws>,
): Promise<{ readonly source: TokenSource; readonly warnings: readonly Warning[] }> {
  if (request.tokenFile !== null) {
    const { tokenFile, audience } = request;
    const reading = readTokenFile(tokenFile, context, settings.timeoutMs);
    const { token, warnings } = await reading.catch((error: unknown) => {
      throw isFedctlError(error) ? rewriting(error, tokenFile, audience) : error;
    });
    return { source: { get: async () => token }, warnings };
  }
  if (request.audience === null) {
    throw new FedctlError('usage.missing-audience', {
      message: 'No audience is given. MONGODB-OIDC requires the audience of the identity provider in Atlas.',
    });
  }
  const mint = {
    audience: [request.audience],
    signingAlgorithm: request.signingAlgorithm,
    durationSeconds: request.durationSeconds,
    tags: [],
  };
  validateMintRequest(mint);
  const options = { timeoutMs: settings.timeoutMs, signal: context.signal };
  return {
    source: { get: async (signal) => minting(await aws(), mint, options).get(signal) },
    warnings: [],
  };
}

/** A file without a usable token is written anew, where it is known for whom. */
function rewriting(failure: FedctlError, file: string, audience: string | null): FedctlError {
  if (failure.code !== 'mongo.token-file-unusable' || file === '-' || audience === null) return failure;
  return failure.with({
    remedy: 'Write a new token to the file, and find out why the program that renews it did not.',
    command: fedctl(['token', '--audience', audience, '--out', file]),
  });
}

/**
 * The keys for MONGODB-AWS, and whose they are. The server asks STS itself, so an STS that cannot be reached from here
 * is no reason to give up; keys that it refuses are.
 */
async function loginKeys(aws: Aws, signal: AbortSignal): Promise<LoginKeys> {
  const keys = await aws.credentials(signal);
  const arn = await callerArn(aws, signal);
  const user = arn === null ? null : awsUserOf(subjectOf(arn));
  return { ...keys, arn, databaseUser: user };
}

async function callerArn(aws: Aws, signal: AbortSignal): Promise<string | null> {
  try {
    return (await (await aws.sts()).getCallerIdentity(signal)).arn;
  } catch (error) {
    if (!signal.aborted && isFedctlError(error) && error.exitCode === EXIT.unreachable) return null;
    throw error;
  }
}
