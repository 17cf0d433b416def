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
  /** The address to listen on (default: `127.0.0.1`). */
  readonly host?: string;
  /** The ports to listen on (default: free ports). */
  readonly ports?: {
    readonly sts?: number;
    readonly iam?: number;
    /** The ports of the issuers, by account ID. */
    readonly issuers?: Readonly<Record<string, number>>;
  };
  /** Called before a server handles a request, to delay the response. */
  readonly wait?: (hop: 'sts' | 'iam' | 'issuer') => Promise<void>;
  /** The certificate and the private key of the servers, both PEM. If set, all servers use https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /**
   * A CA certificate (PEM). When STS fetches the keys of external issuers, STS trusts this CA and the CAs
   * that Node.js trusts.
   */
  readonly ca?: string;
  /** The network of an isolated command. The servers also listen in this network. */
  readonly network?: CommandNetwork | undefined;
}

export interface LabAws {
  /** The URL of STS without a trailing slash, as AWS_ENDPOINT_URL_STS requires. */
  readonly stsUrl: string;
  readonly iamUrl: string;
  /** Returns the issuer URL of an account. Tokens from this account contain the URL in `iss`. */
  issuerUrl(accountId: string): string;
  /** Closes the servers within one second, even if connections are open. */
  close(): Promise<void>;
}

/**
 * Starts STS, IAM and one issuer for each account, and sets the issuer URLs of the accounts. Closes all
 * servers if one of them cannot start.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
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
