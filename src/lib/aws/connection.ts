import type { Context } from '../context.ts';
import type { Credentials, ResolvedCredentials } from '../credentials.ts';
import type { CaBundle } from '../net/certificate-authorities.ts';
import type { EndpointOverride } from '../ports.ts';
import type { Redactor } from '../redactor.ts';
import { createRequestHandler, type RequestHandler } from './request-handler.ts';

/** How the SDK's clients of one run reach AWS. */
export interface Connection {
  readonly region: string;
  readonly requestHandler: RequestHandler;
  readonly timeoutMs: number;
  /** Of fedctl, for the user agent. */
  readonly version: string;
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
  readonly redactor: Redactor;
  now(): Date;
  /** The endpoint that stands in for AWS's own; null for AWS's own. */
  endpoint(service: EndpointOverride['service']): string | null;
}

/** Settings of the user that say which of AWS's own endpoints are used. */
export interface EndpointChoice {
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
}

export function createConnection(
  context: Pick<Context, 'env' | 'version' | 'now' | 'redactor'>,
  settings: {
    readonly region: string;
    readonly timeoutMs: number;
    readonly choice: EndpointChoice;
    /** Of the profile. */
    readonly caBundle: CaBundle | null;
    endpoint(service: EndpointOverride['service']): string | null;
  },
): Connection {
  return {
    region: settings.region,
    requestHandler: createRequestHandler(context.env, settings.timeoutMs, settings.caBundle),
    timeoutMs: settings.timeoutMs,
    version: context.version,
    redactor: context.redactor,
    ...settings.choice,
    now: context.now,
    endpoint: settings.endpoint,
  };
}

/** Keys as the SDK takes them. This is where they leave. */
export function revealed({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: Credentials) {
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === null ? {} : { sessionToken: sessionToken.reveal() }),
    ...(expiresAt === null ? {} : { expiration: expiresAt }),
  };
}

/** Finds the keys for a call; asked before each one. */
export type FindCredentials = (signal: AbortSignal) => Promise<ResolvedCredentials>;

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The configuration of an SDK client. Every value that the SDK would otherwise look up in the process's environment
 * and the user's files is given, so that a run sees its Context and nothing else.
 *
 * @param service whose endpoint override counts
 */
export function clientConfig(
  connection: Connection,
  service: EndpointOverride['service'],
  credentials: () => Promise<Credentials>,
) {
  const endpoint = connection.endpoint(service);
  return {
    region: connection.region,
    ...(endpoint === null ? {} : { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: connection.useFipsEndpoint,
    useDualstackEndpoint: connection.useDualstackEndpoint,
    credentials: async () => {
      const found = await credentials();
      connection.redactor.learn(found.secretAccessKey, found.sessionToken);
      return revealed(found);
    },
    requestHandler: connection.requestHandler,
    ...attempts(connection.version),
    authSchemePreference: [],
    sigv4aSigningRegionSet: [connection.region],
    disableClockSkewCorrection: false,
  };
}

/** What every client of the SDK is told, also those inside its credential providers. */
export function attempts(version: string) {
  const customUserAgent: [string, string][] = [['fedctl', version]];
  return {
    maxAttempts: 3,
    retryMode: 'standard',
    userAgentAppId: '',
    customUserAgent,
    logger: SILENT,
  };
}
