import { rootCertificates } from 'node:tls';
import type { CommandNetwork } from '../isolation/command-network.ts';
import { startIssuer } from '../issuer/issuer.ts';
import type { LabLog } from '../log.ts';
import { findIssuerKeys } from './foreign-issuer.ts';
import { createIam } from './iam.ts';
import type { LabAccount } from './identities.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { answerQuery, type Service } from './service.ts';
import { createSts } from './sts.ts';
import type { AwsWorld } from './world.ts';

const LOOPBACK = '127.0.0.1';

export interface AwsOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
  /** `127.0.0.1` unless given. */
  readonly host?: string;
  /** Free ones unless given. */
  readonly ports?: {
    readonly sts?: number;
    readonly iam?: number;
    /** By account id. */
    readonly issuers?: Readonly<Record<string, number>>;
  };
  /** Called before a request to that hop is read; makes it slow. */
  readonly wait?: (hop: 'sts' | 'iam' | 'issuer') => Promise<void>;
  /** Makes every server speak https, with this certificate. Both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** PEM: trusted beside Node.js's own when STS asks foreign issuers for their keys. */
  readonly ca?: string;
  /** Where the servers are reachable as well. */
  readonly network?: CommandNetwork | undefined;
}

export interface LabAws {
  /** Without a trailing slash, as AWS_ENDPOINT_URL_STS wants it. */
  readonly stsUrl: string;
  readonly iamUrl: string;
  /** What stands in `iss` of that account's tokens. */
  issuerUrl(accountId: string): string;
  /** Ends within a second, whatever connections are open. */
  close(): Promise<void>;
}

/**
 * Starts STS, IAM and one issuer an account, and tells the accounts where their issuers are.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed; nothing is left listening then
 */
export async function startAws(options: AwsOptions): Promise<LabAws> {
  const { world, ports = {} } = options;
  const started: LoopbackServer[] = [];
  const ended = new AbortController();
  const close = async (): Promise<void> => {
    ended.abort();
    await Promise.all(started.map((server) => server.close()));
  };
  const keep = async (starting: Promise<LoopbackServer>): Promise<string> => {
    const server = await starting;
    started.push(server);
    return server.url;
  };
  try {
    const ca = options.ca === undefined ? undefined : [...rootCertificates, options.ca].join('\n');
    const findKeys = findIssuerKeys({ ca, signal: ended.signal });
    const stsUrl = await keep(startService(createSts(findKeys), ports.sts, options));
    const iamUrl = await keep(startService(createIam(), ports.iam, options));
    for (const account of world.accounts) {
      account.issuer = await keep(startAccountIssuer(account, options));
    }
    return { stsUrl, iamUrl, issuerUrl: (accountId) => world.account(accountId).issuer, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startService(
  service: Service,
  port: number | undefined,
  options: AwsOptions,
): Promise<LoopbackServer> {
  return startLoopbackServer({
    name: service.name.toUpperCase(),
    host: options.host ?? LOOPBACK,
    port: port ?? 0,
    tls: options.tls,
    network: options.network,
    answer: async (request) => {
      await options.wait?.(service.name);
      return answerQuery(service, request, options);
    },
  });
}

function startAccountIssuer(account: LabAccount, options: AwsOptions): Promise<LoopbackServer> {
  return startIssuer({
    accountId: account.id,
    keys: () => account.keys,
    wait: async () => options.wait?.('issuer'),
    log: options.log,
    now: options.now,
    host: options.host ?? LOOPBACK,
    port: options.ports?.issuers?.[account.id] ?? 0,
    tls: options.tls,
    network: options.network,
  });
}
