import { FedctlError } from '../core/errors.ts';

/** Failures for missing inputs of checks. */

export function missingUri(): FedctlError {
  return new FedctlError('usage.missing-uri', { message: 'No connection string was given.' });
}

export function missingAudience(): FedctlError {
  return new FedctlError('usage.missing-audience', { message: 'No audience was given.' });
}

export function unknownIssuer(): FedctlError {
  return new FedctlError('issuer.unknown', {
    message: 'The issuer is unknown: no issuer is given, and the issuer of the account cannot be read.',
    remedy: 'Specify the issuer of the token with --issuer <url>.',
  });
}
