import type { LabLog } from '../log.ts';
import type { AwsWorld } from './world.ts';

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
  /** Makes every server speak https, with this certificate. Both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
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
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startAws(_options: AwsOptions): Promise<LabAws> {
  throw new Error('not built yet');
}
