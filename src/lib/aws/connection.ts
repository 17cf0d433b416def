import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { Context } from '../core/context.ts';
import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import type { Redactor } from '../core/redactor.ts';
import type { CaBundle } from '../net/certificate-authorities.ts';
import type { EndpointOverride, ResolvedRegion } from '../ports/aws.ts';
import { createRequestHandler, type RequestHandler } from './request-handler.ts';

/** How the SDK's clients of one run reach AWS. */
export interface Connection {
  readonly region: string;
  /** What names the Region. */
  readonly regionSource: string;
  readonly requestHandler: RequestHandler;
  readonly timeoutMs: number;
  /** Of fedctl, for the user agent. */
  readonly version: string;
  readonly choice: EndpointChoice;
  readonly redactor: Redactor;
  now(): Date;
  /** The endpoint that stands in for AWS's own, and what names it; null for AWS's own. */
  endpoint(service: EndpointOverride['service']): Override | null;
}

/** What asks for a special one of AWS's own endpoints: `AWS_USE_FIPS_ENDPOINT` …; null where nothing does. */
export interface EndpointChoice {
  readonly fips: string | null;
  readonly dualStack: string | null;
}

type Override = Pick<EndpointOverride, 'url' | 'source'>;

export function createConnection(
  context: Pick<Context, 'env' | 'version' | 'now' | 'redactor'>,
  settings: {
    readonly region: ResolvedRegion;
    readonly timeoutMs: number;
    readonly choice: EndpointChoice;
    /** Of the profile. */
    readonly caBundle: CaBundle | null;
    endpoint(service: EndpointOverride['service']): Override | null;
  },
): Connection {
  return {
    region: settings.region.name,
    regionSource: settings.region.source,
    requestHandler: createRequestHandler(context.env, settings.timeoutMs, settings.caBundle),
    timeoutMs: settings.timeoutMs,
    version: context.version,
    redactor: context.redactor,
    choice: settings.choice,
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
): STSClientConfig & IAMClientConfig {
  const endpoint = connection.endpoint(service);
  return {
    region: connection.region,
    ...(endpoint === null ? {} : { endpoint: endpoint.url }),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: connection.choice.fips !== null,
    useDualstackEndpoint: connection.choice.dualStack !== null,
    credentials: async () => {
      const found = await credentials();
      connection.redactor.allow(found.accessKeyId);
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
