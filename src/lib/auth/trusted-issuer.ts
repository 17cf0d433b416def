import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { readingOption } from '../core/invalid-value.ts';
import { trustworthyUrl } from '../issuer/address.ts';
import type { AwsSettings } from '../ports/aws.ts';

/**
 * Returns the only issuer that a run trusts. This is the pinned issuer or, if no issuer is pinned, the issuer
 * of the caller's account. If IAM returns the issuer, it is trusted even if federation is disabled.
 * Disabling federation does not change the issuer or remove its keys (facts/aws.md 1).
 *
 * @param pinned the value of `--issuer`; null if the option is not set
 * @returns the issuer. Callers must compare the issuer byte for byte with `iss`.
 * @throws FedctlError issuer.unknown, issuer.plaintext-refused, usage.invalid-value, aws.* if AWS is
 * unreachable
 */
export async function trustedIssuer(
  pinned: string | null,
  context: Context,
  settings: AwsSettings,
): Promise<string> {
  if (pinned !== null) {
    readingOption('--issuer', () => trustworthyUrl(pinned, 'issuer'));
    return pinned;
  }
  const issuer = await issuerOfOwnAccount(context, settings);
  if (trustworthyUrl(issuer, 'issuer').protocol === 'https:') return issuer;
  throw new FedctlError('issuer.plaintext-refused', {
    message: `The issuer of your account, ${issuer}, does not use TLS.`,
    likelyCause:
      'A custom endpoint of IAM returned this issuer. Plain http is accepted only for an issuer that --issuer specifies.',
    remedy: 'If you trust the issuer, specify it with --issuer.',
    command: rerun({ set: { '--issuer': issuer } }),
    details: { issuer },
  });
}

async function issuerOfOwnAccount(context: Context, settings: AwsSettings): Promise<string> {
  const info = await federationInfo(context, settings);
  if (info.issuer !== null) return info.issuer;
  throw new FedctlError('issuer.unknown', {
    message:
      'No trusted issuer: --issuer is not set, and your account has no issuer because federation is disabled.',
    remedy:
      'Specify the issuer of the token with --issuer <https://…>, or enable federation for your account.',
  });
}

async function federationInfo(context: Context, settings: AwsSettings) {
  try {
    const iam = await (await context.aws(settings)).iam();
    return await iam.outboundFederationInfo(context.signal);
  } catch (error) {
    // Without credentials or permission, the issuer is unknown. In this case, the failure is issuer.unknown
    // instead of the AWS failure.
    const noAccount =
      isFedctlError(error) &&
      (error.exitCode === EXIT.notSetUp || error.exitCode === EXIT.refused || error.exitCode === EXIT.usage);
    if (!noAccount) throw error;
    throw new FedctlError('issuer.unknown', {
      message: `No trusted issuer: --issuer is not set, and the issuer of your account cannot be read. ${error.message}`,
      details: { because: error.code },
      requestId: error.requestId,
      cause: error,
    });
  }
}
