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
  /**
   * The requested mechanism. If null, the mechanism in the connection string is used. If the connection
   * string specifies no mechanism, OIDC is used.
   */
  readonly mechanism: MechanismChoice | null;
  /** The audience of the token to mint. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly durationSeconds: number;
  /**
   * The path of the token file for the login; `-` means standard input. If null, a token is minted.
   */
  readonly tokenFile: string | null;
  readonly role: RoleToAssume | null;
  readonly writeProbe: NonNullable<LoginPlan['writeProbe']> | null;
  /** The DNS server to use, as `address:port`. If null, the DNS servers of this machine are used. */
  readonly dnsServer: string | null;
  /** Whether to report the handshake steps of MONGODB-AWS. */
  readonly explain: boolean;
}

/**
 * This is a warning and not a failure, because an environment variable may specify the token file for other
 * commands.
 */
const TOKEN_FILE_UNUSED: Warning = {
  code: 'mongo.token-file.unused',
  message: 'The token file is ignored: MONGODB-AWS logs in with AWS credentials.',
  remedy: 'Remove --token-file, or add --mechanism oidc.',
};

/** The prepared logins. All values that can be validated without a network call are valid. */
export interface ConnectPlan {
  readonly uri: ConnectionString;
  readonly logins: readonly LoginPlan[];
  readonly explain: boolean;
  readonly warnings: readonly Warning[];
  /** The adapters that the logins require. */
  readonly adapters: readonly Adapter[];
  /**
   * Enables the prompt for an MFA code. `connect` calls this function when the `hello` stage ends. A login that
   * fails earlier requires no code.
   */
  readonly letAsk: () => void;
}

/** The result of a login with one mechanism. */
export interface MechanismResult {
  readonly name: Mechanism;
  readonly identity: ServerIdentity | null;
  readonly stages: readonly StageEvent[];
  readonly failure: FedctlError | null;
  /** The handshake steps, in order. Null if the mechanism is MONGODB-OIDC or `explain` is false. */
  readonly handshake: readonly NarratedStep[] | null;
}

/**
 * A step of the handshake. The steps `arn` and `database-user` contain facts that the protocol messages do
 * not contain.
 */
export type NarratedStep =
  | HandshakeStep
  /**
   * The ARN that STS returned to fedctl for the credentials; null if STS is unreachable. The server receives
   * the same ARN from STS.
   */
  | {
      readonly step: 'arn';
      readonly arn: string | null;
      /** The name of the database user that the server looks up; null if unknown. */
      readonly username: string | null;
    }
  /** The identity that the server reports after the login. */
  | ({ readonly step: 'database-user' } & Pick<ServerIdentity, 'user' | 'roles'>);

/**
 * Validates a request and prepares each login. Reads the token file, but makes no network calls.
 *
 * @throws FedctlError usage.missing-uri, usage.missing-audience, usage.invalid-value,
 * usage.invalid-command-line, mongo.mechanism-conflict, mongo.token-file-unusable, usage.token-as-argument
 */
export async function planConnect(
  context: Context,
  settings: AwsSettings,
  request: ConnectRequest,
): Promise<ConnectPlan> {
  const { uri } = request;
  if (uri === null) {
    throw new FedctlError('usage.missing-uri', {
      message: 'No connection string was given.',
    });
  }
  const chosen = chooseMechanisms(request.mechanism, uri.namedMechanism);
  // MONGODB-OIDC and MONGODB-AWS share one role session. The role is assumed once, and only if a login
  // requires AWS credentials.
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

/** Returns the settings with an MFA prompt that is not shown until `letAsk` is called. */
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
 * Requests the first token or credentials immediately, so that AWS can respond while the connection to the
 * server is opened. If the request fails, the login reports the failure later, when the login requires the
 * token or the credentials.
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
 * Runs the logins of a plan concurrently. If a login fails, the result contains the failure. Only
 * interruptions and bugs are thrown.
 *
 * @param observe a function that is called each time a stage of a login ends
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

/** Returns a login that records its handshake steps, and a function that returns the recorded steps. */
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
        // `nonce` is the first step on a new connection, so the steps of the previous connection are
        // discarded.
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
    message: '--explain shows the handshake of MONGODB-AWS, but this login uses MONGODB-OIDC.',
    remedy: 'Log in with AWS credentials, or remove --explain.',
    // No command is suggested if the connection string specifies MONGODB-OIDC, because --mechanism aws would
    // contradict the connection string.
    ...(namedMechanism === null ? { command: rerun({ set: { '--mechanism': 'aws' } }) } : {}),
    option: '--explain',
  });
}

/**
 * Returns the result of the first failed login, in the order of the mechanisms. This result determines the
 * exit code. Returns null if all logins succeeded.
 */
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
      message: 'No audience was given. MONGODB-OIDC requires the audience of the identity provider in Atlas.',
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

/**
 * If the file contains no usable token and the audience is known, adds a command to the failure. The command
 * writes a new token to the file.
 */
function rewriting(failure: FedctlError, file: string, audience: string | null): FedctlError {
  if (failure.code !== 'mongo.token-file-unusable' || file === '-' || audience === null) return failure;
  return failure.with({
    remedy: 'Write a new token to the file. Then find out why the file was not renewed.',
    command: fedctl(['token', '--audience', audience, '--out', file]),
  });
}

/**
 * Returns the credentials for MONGODB-AWS and their principal. If STS is unreachable, the login continues,
 * because the server calls STS itself. If STS rejects the credentials, the login fails.
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
