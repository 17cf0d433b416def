import { fedctl } from '../core/command-line.ts';
import type { ConnectionString } from '../core/connection-string.ts';
import type { Adapter, Context } from '../core/context.ts';
import { FedctlError, isFedctlError, type Warning } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { once } from '../core/once.ts';
import type { SigningAlgorithm, TokenSource } from '../core/token.ts';
import type { Aws, AwsSettings } from '../ports/aws.ts';
import type { LoginKeys, LoginPlan, Mechanism, ServerIdentity, StageEvent } from '../ports/mongo.ts';
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
  readonly warnings: readonly Warning[];
  /** What the logins will ask. */
  readonly adapters: readonly Adapter[];
}

/** How one mechanism ended. */
export interface MechanismResult {
  readonly name: Mechanism;
  readonly identity: ServerIdentity | null;
  readonly stages: readonly StageEvent[];
  readonly failure: FedctlError | null;
}

/**
 * Checks a request and finds out what each login needs. Only the token file is read here.
 *
 * @throws FedctlError usage.missing-uri, usage.missing-audience, usage.invalid-value, mongo.mechanism-conflict,
 *   mongo.token-file-unusable, usage.token-as-argument
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
  const aws = once(async () => {
    const own = request.role === null ? settings : await asRole(context, settings, request.role);
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
  return { uri, logins, warnings: told, adapters: usesAws ? ['aws', 'mongo'] : ['mongo'] };
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
  await context.load(plan.adapters);
  const mongo = await context.mongo();
  const ended = await Promise.allSettled(
    plan.logins.map(async (login): Promise<MechanismResult> => {
      const stages: StageEvent[] = [];
      const note = (event: StageEvent) => {
        stages.push(event);
        observe(login.mechanism, event);
      };
      try {
        const identity = await mongo.login(login, note, context.signal);
        return { name: login.mechanism, identity, stages, failure: null };
      } catch (error) {
        if (context.signal.aborted) throw context.signal.reason;
        if (!isFedctlError(error)) throw error;
        return { name: login.mechanism, identity: null, stages, failure: error };
      }
    }),
  );
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
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
