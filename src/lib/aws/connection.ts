import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { Context } from '../core/context.ts';
import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import type { Redactor } from '../core/redactor.ts';
import type { CaBundle } from '../net/certificate-authorities.ts';
import type { EndpointOverride, ResolvedRegion } from '../ports/aws.ts';
import { createRequestHandler, type RequestHandler } from './request-handler.ts';

/** The settings that the SDK clients of one run use to connect to AWS. */
export interface Connection {
  readonly region: string;
  readonly regionSource: string;
  readonly requestHandler: RequestHandler;
  readonly timeoutMs: number;
  /** The version of fedctl, for the user agent. */
  readonly version: string;
  readonly choice: EndpointChoice;
  readonly redactor: Redactor;
  now(): Date;
  /** Returns the endpoint override and its source; null if the AWS default endpoint is used. */
  endpoint(service: EndpointOverride['service']): Override | null;
}

/**
 * The names of the settings that select FIPS and dual-stack endpoints, such as `AWS_USE_FIPS_ENDPOINT`. A
 * field is null if no setting selects this kind of endpoint.
 */
export interface EndpointChoice {
  readonly fips: string | null;
  readonly dualStack: string | null;
}

type Override = Pick<EndpointOverride, 'url' | 'source'>;

export function createConnection(
  context: Pick<Context, 'env' | 'clocks' | 'version' | 'now' | 'redactor'>,
  settings: {
    readonly region: ResolvedRegion;
    readonly timeoutMs: number;
    readonly choice: EndpointChoice;
    /** The CA bundle that the profile specifies; null if the profile specifies none. */
    readonly caBundle: CaBundle | null;
    endpoint(service: EndpointOverride['service']): Override | null;
  },
): Connection {
  return {
    region: settings.region.name,
    regionSource: settings.region.source,
    requestHandler: createRequestHandler(context, settings.timeoutMs, settings.caBundle),
    timeoutMs: settings.timeoutMs,
    version: context.version,
    redactor: context.redactor,
    choice: settings.choice,
    now: context.now,
    endpoint: settings.endpoint,
  };
}

/** Converts credentials to the format that the SDK expects, with the secrets as plain text. */
export function revealed({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: Credentials) {
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === null ? {} : { sessionToken: sessionToken.reveal() }),
    ...(expiresAt === null ? {} : { expiration: expiresAt }),
  };
}

/** Returns the credentials that sign a call to AWS. This function runs before each call. */
export type FindCredentials = (signal: AbortSignal) => Promise<ResolvedCredentials>;

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * Returns the configuration of an SDK client. The configuration sets every value that the SDK would otherwise
 * read from the process environment or from files of the user. Therefore, a run depends only on its Context.
 *
 * @param service the service whose endpoint override applies
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

/**
 * Returns the settings that all SDK clients share, including the clients that the credential providers of the
 * SDK create.
 */
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
