import type { LabSession } from '../aws/identities.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import { headerValue } from '../aws/sigv4.ts';
import { type CommandNetwork, LINK_LOCAL } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';
import { InstanceTokens, LONGEST_TTL_SECONDS } from './instance-tokens.ts';
import { credentialsMembers } from './role-session.ts';

const TOKEN_PATH = '/latest/api/token';
const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';

/** The values that the metadata of an EC2 instance contains. */
export interface Instance {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly startedAt: Date;
  readonly instanceProfileArn: string;
}

export interface InstanceMetadataOptions {
  readonly instance: Instance;
  /** Returns the current session of the instance's role. */
  readonly session: () => LabSession;
  readonly log: LabLog;
  readonly now: () => Date;
  readonly network: CommandNetwork | undefined;
}

/** Functions that return metadata, by path. The paths have no trailing slash. */
type Documents = ReadonlyMap<string, () => string>;

/** A response, and the actual reason for the response, for the log of the lab. */
interface Decision {
  readonly answer: HttpAnswer;
  readonly reason: string;
}

/**
 * Starts the metadata service of an EC2 instance. As on new instances, the service requires version 2
 * (facts/aws.md 7.6): a PUT request returns a token, and all other requests must send this token. The text of
 * the error pages is unverified, but SDKs read only the status. A hop limit cannot be emulated on loopback.
 * As in AWS, the service rejects PUT requests with X-Forwarded-For, because proxies add this header.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startInstanceMetadata(options: InstanceMetadataOptions): Promise<LoopbackServer> {
  const tokens = new InstanceTokens();
  const documents = documentsOf(options);
  return await startLoopbackServer({
    name: 'instance metadata service',
    host: '127.0.0.1',
    port: 0,
    // Uses plain HTTP even in a lab with TLS, because AWS serves instance metadata only over HTTP.
    tls: undefined,
    network: options.network,
    alsoAt: { host: LINK_LOCAL.instanceMetadata, port: 80 },
    async answer(request) {
      const path = request.target.replace(/\?.*$/s, '').replace(/(?<=.)\/$/, '');
      const decision =
        path === TOKEN_PATH
          ? giveToken(request, tokens, options.now())
          : readDocument(request, documents.get(path), tokens, options.now());
      const known = path === TOKEN_PATH || documents.has(path);
      const { answer, reason } = decision;
      options.log.add({
        hop: 'metadata',
        action: `${/^[A-Z]{1,8}$/.test(request.method) ? request.method : 'other'} ${known ? path : '(another path)'}`,
        principal: null,
        decision: answer.status === 200 ? 'allowed' : 'refused',
        reason: answer.status === 200 ? reason : `HTTP ${answer.status}: ${reason}`,
      });
      return answer;
    },
  });
}

function giveToken(request: HttpRequest, tokens: InstanceTokens, now: Date): Decision {
  if (request.method !== 'PUT') return refuse(405, 'a request for a token must use PUT');
  if (headerValue(request, 'x-forwarded-for') !== undefined) {
    return refuse(403, 'the request came through a proxy (X-Forwarded-For)');
  }
  const ttl = headerValue(request, TTL_HEADER) ?? '';
  const seconds = /^\d{1,5}$/.test(ttl) ? Number(ttl) : 0;
  if (seconds < 1 || seconds > LONGEST_TTL_SECONDS) {
    return refuse(400, `${TTL_HEADER} must be from 1 to ${LONGEST_TTL_SECONDS}`);
  }
  const body = tokens.create(new Date(now.getTime() + seconds * 1000));
  return {
    answer: { status: 200, headers: { ...TEXT, [TTL_HEADER]: String(seconds) }, body },
    reason: `returned a token that is valid for ${seconds} s`,
  };
}

function readDocument(
  request: HttpRequest,
  document: (() => string) | undefined,
  tokens: InstanceTokens,
  now: Date,
): Decision {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'metadata is read-only');
  const token = headerValue(request, TOKEN_HEADER);
  if (token === undefined)
    return refuse(401, 'the request has no token (version 1), but this instance requires version 2');
  const fault = tokens.fault(token, now);
  if (fault !== null) return refuse(401, fault);
  if (document === undefined) return refuse(404, 'this metadata does not exist');
  return { answer: { status: 200, headers: TEXT, body: document() }, reason: 'valid token' };
}

/**
 * Returns the documents that SDKs and the AWS CLI request: credentials, Region and the identity of the
 * instance.
 */
function documentsOf({ instance, session, now }: InstanceMetadataOptions): Documents {
  const roleName = session().principal.name;
  const lastUpdated = () => `${now().toISOString().slice(0, 19)}Z`;
  const data = '/latest/meta-data';
  return new Map([
    [`${data}/iam/security-credentials`, () => roleName],
    [
      `${data}/iam/security-credentials/${roleName}`,
      () =>
        json({
          Code: 'Success',
          LastUpdated: lastUpdated(),
          Type: 'AWS-HMAC',
          ...credentialsMembers(session()),
        }),
    ],
    [
      `${data}/iam/info`,
      () =>
        json({
          Code: 'Success',
          LastUpdated: lastUpdated(),
          InstanceProfileArn: instance.instanceProfileArn,
          InstanceProfileId: `AIPA${session().principal.id.slice(4)}`,
        }),
    ],
    [`${data}/instance-id`, () => instance.id],
    [`${data}/local-ipv4`, () => instance.privateIp],
    [`${data}/placement/region`, () => instance.region],
    [`${data}/placement/availability-zone`, () => instance.availabilityZone],
    ['/latest/dynamic/instance-identity/document', () => json(identityDocument(instance))],
  ]);
}

function identityDocument({ id, accountId, region, availabilityZone, privateIp, startedAt }: Instance) {
  return {
    accountId,
    architecture: 'x86_64',
    availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    imageId: 'ami-0fedc71ab00000003',
    instanceId: id,
    instanceType: 't3.micro',
    kernelId: null,
    marketplaceProductCodes: null,
    pendingTime: `${startedAt.toISOString().slice(0, 19)}Z`,
    privateIp,
    ramdiskId: null,
    region,
    version: '2017-09-30',
  };
}

const TEXT = { 'content-type': 'text/plain', server: 'EC2ws' };

const TITLES = {
  400: '400 - Bad Request',
  401: '401 - Unauthorized',
  403: '403 - Forbidden',
  404: '404 - Not Found',
  405: '405 - Method Not Allowed',
} as const;

function refuse(status: keyof typeof TITLES, reason: string): Decision {
  const title = TITLES[status];
  const answer = {
    status,
    headers: { 'content-type': 'text/html', server: 'EC2ws' },
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  };
  return { answer, reason };
}

function json(value: object): string {
  return JSON.stringify(value, null, 2);
}
