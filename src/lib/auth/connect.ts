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
  /** Null: use the mechanism of the connection string, otherwise OIDC. */
  readonly mechanism: MechanismChoice | null;
  /** Audience of the token to mint. */
  readonly audience: string | null;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly durationSeconds: number;
  /** Log in with this token: a file, or `-` for stdin. */
  readonly tokenFile: string | null;
  readonly role: RoleToAssume | null;
  readonly writeProbe: NonNullable<LoginPlan['writeProbe']> | null;
  /** The DNS server to use, `address:port`; null for the DNS servers of this machine. */
  readonly dnsServer: string | null;
  /** Report the handshake of MONGODB-AWS. */
  readonly explain: boolean;
}

/** Not a failure: the environment may name the file for other runs. */
const TOKEN_FILE_UNUSED: Warning = {
  code: 'mongo.token-file.unused',
  message: 'The token file is ignored: MONGODB-AWS logs in with AWS credentials.',
  remedy: 'Remove --token-file, or add --mechanism oidc.',
};

/** The logins to do. Everything that needs no network has been validated. */
export interface ConnectPlan {
  readonly uri: ConnectionString;
  readonly logins: readonly LoginPlan[];
  readonly explain: boolean;
  readonly warnings: readonly Warning[];
  /** The adapters that the logins will call. */
  readonly adapters: readonly Adapter[];
  /**
   * Enables questions to the user, which wait until a server has responded: before that, it is unknown
   * whether they are needed.
   */
  readonly letAsk: () => void;
}

/** The result of one mechanism. */
export interface MechanismResult {
  readonly name: Mechanism;
  readonly identity: ServerIdentity | null;
  readonly stages: readonly StageEvent[];
  readonly failure: FedctlError | null;
  /** The handshake steps, in order; null when they were not requested. */
  readonly handshake: readonly NarratedStep[] | null;
}

/** A step of the handshake, with facts that are not on the wire. */
export type NarratedStep =
  | HandshakeStep
  /**
   * The ARN of these keys, from fedctl's own call to STS: the server gets the same answer. Null when STS is
   * unreachable.
   */
  | {
      readonly step: 'arn';
      readonly arn: string | null;
      /** The user name that the server looks up. */
      readonly username: string | null;
    }
  /** The identity that the server reports after the login. */
  | ({ readonly step: 'database-user' } & Pick<ServerIdentity, 'user' | 'roles'>);

/**
 * Validates a request and prepares each login. Only the token file is read here.
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
      message: 'No connection string is given.',
    });
  }
  const chosen = chooseMechanisms(request.mechanism, uri.namedMechanism);
  // Both mechanisms use the same session: a role is assumed once, and only when it is needed.
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

/** Returns the same settings with the question for an MFA code delayed until `letAsk` is called. */
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
 * Requests the first token or keys at once, so that AWS responds while the connection to the server is being
 * opened. If the request fails, the failure is reported when the login uses the token or the keys.
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
 * Runs the logins of a plan concurrently. A failed login is a result. Only an interruption or a bug is
 * thrown.
 *
 * @param observe called with every stage as it ends
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

/** Returns the same login, and the collected steps of its handshake. */
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
        // A second connection starts again.
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

/**
 * Returns the result that decides the exit code: the first failure, in the order of the mechanisms; null when
 * all succeeded.
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

/** Offers to write the file again when it has no usable token and the audience is known. */
function rewriting(failure: FedctlError, file: string, audience: string | null): FedctlError {
  if (failure.code !== 'mongo.token-file-unusable' || file === '-' || audience === null) return failure;
  return failure.with({
    remedy: 'Write a new token to the file, and find out why the program that renews it did not.',
    command: fedctl(['token', '--audience', audience, '--out', file]),
  });
}

/**
 * Returns the keys for MONGODB-AWS and the principal they belong to. The server calls STS itself, so an
 * unreachable STS is not a failure here. Keys that STS rejects are.
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
