import type { AssumedRole, Credentials } from '../core/credentials.ts';
import { Secret } from '../core/secret.ts';
import type { Sts } from '../ports/aws.ts';
import { call } from './call.ts';
import type { CallSite } from './call-site.ts';
import { type Connection, clientConfig, type FindCredentials } from './connection.ts';
import { notAws } from './failures.ts';
import { originOf } from './service-endpoint.ts';
import { asker, signerOf, siteOf } from './signed-calls.ts';

/**
 * Creates the STS client for the Region of the connection. Before each call, `find` returns the credentials
 * that sign the call.
 */
export async function createSts(connection: Connection, find: FindCredentials): Promise<Sts> {
  const sdk = await import('./sts-client.ts');
  const { redactor } = connection;
  const signer = signerOf(find);
  const client = new sdk.STSClient(clientConfig(connection, 'sts', signer.current));
  const endpoint = originOf(client.config.endpointProvider, connection, 'sts');
  const ask = asker('STS', connection, endpoint, signer);
  return {
    region: connection.region,
    endpoint,
    async getCallerIdentity(signal) {
      const { output, site } = await ask('GetCallerIdentity', signal, (abortSignal) =>
        client.send(new sdk.GetCallerIdentityCommand({}), { abortSignal }),
      );
      const { Account, Arn, UserId } = output;
      if (!Account || !Arn || !UserId) throw notAws(site, 'the account, ARN or user ID is missing');
      return { account: Account, arn: Arn, userId: UserId };
    },
    async getWebIdentityToken(request, signal) {
      const command = new sdk.GetWebIdentityTokenCommand({
        Audience: [...request.audience],
        SigningAlgorithm: request.signingAlgorithm,
        DurationSeconds: request.durationSeconds,
        // An empty list is not sent. The SDK would send it as `Tags=`, which AWS may interpret as a tag
        // (facts/aws.md 13.1).
        ...(request.tags.length === 0
          ? {}
          : { Tags: request.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
      });
      const { output, site } = await ask('GetWebIdentityToken', signal, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      const { WebIdentityToken, Expiration } = output;
      if (!WebIdentityToken || Expiration === undefined) throw notAws(site, 'the response has no token');
      const token = new Secret(WebIdentityToken);
      redactor.learn(token);
      return { token, expiresAt: Expiration };
    },
    async getSessionToken(request, signal) {
      redactor.learn(request.tokenCode);
      const command = new sdk.GetSessionTokenCommand({
        DurationSeconds: request.durationSeconds,
        SerialNumber: request.serialNumber,
        TokenCode: request.tokenCode?.reveal(),
      });
      const { output, site } = await ask('GetSessionToken', signal, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return credentialsOf(output.Credentials, site);
    },
    async assumeRole(request, signal) {
      redactor.learn(request.tokenCode);
      const command = new sdk.AssumeRoleCommand({
        RoleArn: request.roleArn,
        RoleSessionName: request.sessionName,
        DurationSeconds: request.durationSeconds,
        ExternalId: request.externalId,
        SourceIdentity: request.sourceIdentity,
        SerialNumber: request.serialNumber,
        TokenCode: request.tokenCode?.reveal(),
        ...(request.tags?.length
          ? { Tags: request.tags.map(({ key, value }) => ({ Key: key, Value: value })) }
          : {}),
        ...(request.transitiveTagKeys?.length ? { TransitiveTagKeys: [...request.transitiveTagKeys] } : {}),
      });
      const { output, site } = await ask(
        'AssumeRole',
        signal,
        (abortSignal) => client.send(command, { abortSignal }),
        request.roleArn,
      );
      return assumedRole(output, site);
    },
  };
}

/** The parameters of AssumeRoleWithWebIdentity, the only call that is not signed (facts/aws.md 6). */
export interface WebIdentityRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly token: Secret;
}

/**
 * Calls AssumeRoleWithWebIdentity.
 *
 * @throws FedctlError aws.credentials-expired, sts.assume-denied, aws.*
 */
export async function assumeRoleWithWebIdentity(
  connection: Connection,
  request: WebIdentityRequest,
  signal: AbortSignal,
): Promise<AssumedRole> {
  connection.redactor.learn(request.token);
  const sdk = await import('./sts-client.ts');
  const unsigned = () => Promise.reject(new Error('AssumeRoleWithWebIdentity is not signed'));
  const client = new sdk.STSClient(clientConfig(connection, 'sts', unsigned));
  const endpoint = originOf(client.config.endpointProvider, connection, 'sts');
  const site = siteOf('STS', connection, endpoint, {
    action: 'AssumeRoleWithWebIdentity',
    credentials: null,
    roleArn: request.roleArn,
  });
  const command = new sdk.AssumeRoleWithWebIdentityCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    WebIdentityToken: request.token.reveal(),
  });
  const output = await call(site, signal, (abortSignal) => client.send(command, { abortSignal }));
  return assumedRole(output, site);
}

interface WireCredentials {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration: Date | undefined;
}

function credentialsOf(wire: WireCredentials | undefined, site: CallSite): Credentials {
  if (!wire?.AccessKeyId || !wire.SecretAccessKey || !wire.SessionToken || wire.Expiration === undefined) {
    throw notAws(site, 'the response has no credentials');
  }
  return {
    accessKeyId: wire.AccessKeyId,
    secretAccessKey: new Secret(wire.SecretAccessKey),
    sessionToken: new Secret(wire.SessionToken),
    expiresAt: wire.Expiration,
  };
}

function assumedRole(
  output: {
    readonly Credentials?: WireCredentials | undefined;
    readonly AssumedRoleUser?: { readonly Arn: string | undefined } | undefined;
  },
  site: CallSite,
): AssumedRole {
  const arn = output.AssumedRoleUser?.Arn;
  if (!arn) throw notAws(site, 'the response contains no role session');
  return { credentials: credentialsOf(output.Credentials, site), arn };
}
