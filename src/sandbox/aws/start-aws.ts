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
    /** Ports by account ID. */
    readonly issuers?: Readonly<Record<string, number>>;
  };
  /** Called before the server reads a request, to delay the request. */
  readonly wait?: (hop: 'sts' | 'iam' | 'issuer') => Promise<void>;
  /** The certificate and key in PEM. If set, all servers use https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /**
   * A CA in PEM. STS trusts it when it fetches the keys of external issuers, in addition to the CAs that
   * Node.js trusts.
   */
  readonly ca?: string;
  /** A network in which the servers are also reachable. */
  readonly network?: CommandNetwork | undefined;
}

export interface LabAws {
  /** The URL of STS without a trailing slash, as AWS_ENDPOINT_URL_STS requires. */
  readonly stsUrl: string;
  readonly iamUrl: string;
  /** Returns the issuer URL of an account, which is the `iss` of its tokens. */
  issuerUrl(accountId: string): string;
  /** Closes within a second, even with open connections. */
  close(): Promise<void>;
}

/**
 * Starts STS, IAM and one issuer per account, and sets the issuer URLs of the accounts.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed; all servers are then closed
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
