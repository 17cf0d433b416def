import { FedctlError, isFedctlError } from '../errors.ts';
import type { FailureCode } from '../failures.ts';
import { bareHost } from '../hosts.ts';
import { faultOfTls } from '../net/dial-tls.ts';
import { printable } from '../printable.ts';
import type { HostPort } from '../uri/target.ts';
import { dialFailure } from './dial-failures.ts';

/** A failure of ours somewhere in a chain of causes: what our own callback threw, wrapped by the driver. */
export function ownFailure(error: unknown): FedctlError | null {
  for (const each of chain(error)) if (isFedctlError(each)) return each;
  return null;
}

/** The code and text of an answer with `ok: 0`; null for anything else (facts/mongodb.md 1.2). */
export function serverAnswer(
  error: unknown,
): { readonly code: number | null; readonly name: string; readonly text: string } | null {
  for (const each of chain(error)) {
    if (each.name !== 'MongoServerError') continue;
    const code = 'code' in each && typeof each.code === 'number' ? each.code : null;
    const name = 'codeName' in each && typeof each.codeName === 'string' ? each.codeName : '';
    return { code, name: printable(name), text: printable(each.message) };
  }
  return null;
}

/** Whether the driver gave up waiting for an answer. */
export function isNetworkTimeout(error: unknown): boolean {
  return chain(error).some(({ name }) => name === 'MongoNetworkTimeoutError');
}

/** Whether the connection ended: closed, reset, or torn down by the driver because of it. */
export function isNetworkEnd(error: unknown): boolean {
  return chain(error).some(
    ({ name }) => name.startsWith('MongoNetwork') || name.startsWith('MongoPoolCleared'),
  );
}

/** Why a server did not get past hello, by what the driver met. */
export function helloFailure(address: string, error: Error): FedctlError {
  const own = ownFailure(error);
  if (own !== null) return own;
  const host = printable(address);
  const said = (code: FailureCode, message: string) => new FedctlError(code, { message, cause: error });
  for (const cause of chain(error)) {
    // With TLS 1.3 an alert may come after the handshake; and a server may show another certificate than before.
    const fault = faultOfTls(cause);
    if (fault !== 'cut') return dialFailure('tls', [{ host: hostOf(address), fault, cause }]);
  }
  if (chain(error).some(({ name }) => name === 'MongoCompatibilityError')) {
    return said(
      'mongo.server-too-old',
      `${host} answered, but the driver cannot use it: ${printable(error.message)}.`,
    );
  }
  if (isNetworkTimeout(error)) {
    return said('mongo.hello-timeout', `${host} accepted the connection, but did not answer hello in time.`);
  }
  const answer = serverAnswer(error);
  if (answer !== null) {
    return said(
      'mongo.hello-failed',
      `${host} answered hello with an error: ${answer.text} (${answer.code}).`,
    );
  }
  return isNetworkEnd(error)
    ? said('mongo.hello-failed', `${host} closed the connection instead of answering hello.`)
    : said('mongo.hello-failed', `${host} answered hello with something that is not MongoDB's protocol.`);
}

/** Why a command after the login failed. 13 is a missing role, whatever the command. */
export function commandFailure(what: string, error: unknown, needs: string): FedctlError {
  const answer = serverAnswer(error);
  if (answer?.code === 13) {
    return new FedctlError('mongo.unauthorized', {
      message: `The login worked, but the server does not allow ${what}: ${answer.text}.`,
      remedy: `give the database user ${needs}`,
      details: { code: 13 },
      cause: error,
    });
  }
  const why =
    answer !== null
      ? `${answer.text} (${[answer.code, answer.name].filter(Boolean).join(' ')})`
      : isNetworkTimeout(error)
        ? 'no answer in time'
        : isNetworkEnd(error)
          ? 'the connection was cut'
          : 'the answer was not understood';
  return new FedctlError('mongo.command-failed', {
    message: `The login worked, but ${what} failed: ${why}.`,
    ...(answer === null
      ? { remedy: 'repeat the command; if it persists, look at the log of the server' }
      : {}),
    details: { code: answer?.code ?? null },
    cause: error,
  });
}

/** An address as the driver writes it. */
function hostOf(address: string): HostPort {
  const colon = address.lastIndexOf(':');
  return { host: printable(bareHost(address.slice(0, colon))), port: Number(address.slice(colon + 1)) };
}

/** An error and the errors behind it, the nearest first. */
function chain(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let each = error; each instanceof Error && errors.length < 10; each = each.cause) errors.push(each);
  return errors;
}
