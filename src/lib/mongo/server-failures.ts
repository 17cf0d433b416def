import { program, type SuggestedCommand } from '../core/command-line.ts';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { bareHost } from '../core/hosts.ts';
import type { FailureCode } from '../failures/failures.ts';
import { faultOfTls } from '../net/dial-tls.ts';
import { dialFailure } from './dial-failures.ts';
import { StrangeAnswer } from './frame-guard.ts';

/**
 * Returns the first FedctlError among an error and its causes. The driver wraps the errors that fedctl
 * callbacks throw.
 */
export function ownFailure(error: unknown): FedctlError | null {
  for (const each of chain(error)) if (isFedctlError(each)) return each;
  return null;
}

/** Returns the code and text of a response with `ok: 0`; null for any other error (facts/mongodb.md 1.2). */
export function serverAnswer(
  error: unknown,
): { readonly code: number | null; readonly name: string; readonly text: string } | null {
  for (const each of chain(error)) {
    if (each.name !== 'MongoServerError') continue;
    const code = 'code' in each && typeof each.code === 'number' ? each.code : null;
    const name = 'codeName' in each && typeof each.codeName === 'string' ? each.codeName : '';
    return { code, name, text: each.message };
  }
  return null;
}

/** Formats a response with `ok: 0` for the end of a sentence, for example `no such command (59 CommandNotFound)`. */
export function answerText({ code, name, text }: NonNullable<ReturnType<typeof serverAnswer>>): string {
  // The driver uses `n/a` if the server returned no reason.
  const reason = text === 'n/a' || text === '' ? 'no reason given' : text;
  const number = [code, name].filter((each) => each !== null && each !== '').join(' ');
  return number === '' ? reason : `${reason} (${number})`;
}

/** Returns whether the driver received something other than a MongoDB message. */
export function isStrange(error: unknown): boolean {
  return chain(error).some((each) => each instanceof StrangeAnswer || each.name === 'MongoParseError');
}

/** Returns whether the driver timed out while it waited for a response. */
export function isNetworkTimeout(error: unknown): boolean {
  return chain(error).some(({ name }) => name === 'MongoNetworkTimeoutError');
}

/**
 * Returns whether the connection was closed or reset. Also returns true for the error that the driver throws
 * when it clears its connection pool for this reason.
 */
export function isNetworkEnd(error: unknown): boolean {
  return chain(error).some(
    ({ name }) => name.startsWith('MongoNetwork') || name.startsWith('MongoPoolCleared'),
  );
}

/** Converts a driver error to the failure for a server that did not complete hello. */
export function helloFailure(address: string, error: Error): FedctlError {
  const own = ownFailure(error);
  if (own !== null) return own;
  const said = (code: FailureCode, message: string) => new FedctlError(code, { message, cause: error });
  for (const cause of chain(error)) {
    // With TLS 1.3, an alert can arrive after the handshake. A server can also present a certificate that
    // differs from the certificate in the `tls` stage.
    const fault = faultOfTls(cause);
    if (fault !== 'cut') return dialFailure('tls', [{ host: hostOf(address), fault, cause }]);
  }
  // All drivers use this message, because the load balancer specification defines it.
  if (error.message.includes('load balancing mode')) {
    return new FedctlError('mongo.topology-mismatch', {
      message: `${address} is not behind a load balancer, but the connection string has loadBalanced=true.`,
      likelyCause: 'The option was copied from another connection string.',
      remedy: 'Remove loadBalanced=true.',
      cause: error,
    });
  }
  if (chain(error).some(({ name }) => name === 'MongoCompatibilityError')) {
    return said(
      'mongo.server-too-old',
      `${address} responded, but the driver cannot use this server: ${error.message.replace(/\.$/, '')}.`,
    );
  }
  if (isNetworkTimeout(error)) {
    return said(
      'mongo.hello-timeout',
      `${address} accepted the connection, but did not respond to hello in time.`,
    );
  }
  const answer = serverAnswer(error);
  if (answer !== null) {
    return new FedctlError('mongo.hello-failed', {
      message: `${address} responded to hello with an error: ${answerText(answer)}.`,
      likelyCause: 'The server returned an error instead of a hello response.',
      remedy: remedyOf(answer.code),
      cause: error,
    });
  }
  const strange = chain(error).find((each) => each instanceof StrangeAnswer);
  if (strange !== undefined) return strangeHello(address, strange);
  return new FedctlError('mongo.hello-failed', {
    message: isNetworkEnd(error)
      ? `${address} closed the connection instead of responding to hello.`
      : `${address} responded to hello with data that does not follow the MongoDB wire protocol.`,
    remedy:
      'Compare the host and port with the connection string of the cluster, and check which program listens there.',
    command: program('nc', '-vz', '-w', '5', hostOf(address).host, String(hostOf(address).port)),
    cause: error,
  });
}

/**
 * Returns the remedy for an error code in the response to hello (src/mongo/base/error_codes.yml of
 * mongodb/mongo).
 */
function remedyOf(code: number | null): string {
  switch (code) {
    case 354:
      return 'Add loadBalanced=true to the connection string, or use the connection string that Atlas shows.';
    case 91:
    case 11600:
      return 'The server is shutting down. Try again in a minute.';
    default:
      return 'See the server log for the reason.';
  }
}

function strangeHello(host: string, cause: StrangeAnswer): FedctlError {
  const { says, ...facts } = STRANGE_HELLO[cause.protocol](host);
  return new FedctlError('mongo.hello-failed', {
    message: `${host} responded to hello with ${says}.`,
    ...facts,
    details: { protocol: cause.protocol },
    cause,
  });
}

const STRANGE_HELLO: Readonly<
  Record<
    StrangeAnswer['protocol'],
    (host: string) => {
      readonly says: string;
      readonly likelyCause: string;
      readonly remedy: string;
      readonly command?: SuggestedCommand;
    }
  >
> = {
  HTTP: (host) => ({
    says: 'HTTP',
    likelyCause: 'A web server or HTTP proxy listens on this port instead of a MongoDB server.',
    remedy:
      'Compare the host and port with the connection string of the cluster, and check which program listens there.',
    command: program('curl', '-v', `http://${host}/`),
  }),
  TLS: () => ({
    says: 'a TLS alert',
    likelyCause: 'The server requires TLS, but the connection string does not enable it.',
    remedy: 'Add tls=true to the connection string.',
  }),
  OP_COMPRESSED: () => ({
    says: 'a compressed message, although fedctl offers no compression',
    likelyCause: 'The server is not a MongoDB server, or a network device changes its responses.',
    remedy: 'Find out which server responds at this host and port before you continue.',
  }),
};

/**
 * Returns the failure for a command that failed after the login. For all commands, code 13 means that a role
 * is missing.
 */
export function commandFailure(what: string, error: unknown, needs: string): FedctlError {
  const answer = serverAnswer(error);
  if (answer?.code === 13) {
    return new FedctlError('mongo.unauthorized', {
      message: `The login succeeded, but the server does not allow ${what}: ${answer.text}.`,
      remedy: `In Atlas, give the database user ${needs}.`,
      details: { code: 13 },
      cause: error,
    });
  }
  const why =
    answer !== null
      ? answerText(answer)
      : isNetworkTimeout(error)
        ? 'the command timed out'
        : isNetworkEnd(error)
          ? 'the connection was closed'
          : 'the response could not be parsed';
  return new FedctlError('mongo.command-failed', {
    message: `The login succeeded, but ${what} failed: ${why}.`,
    ...(answer === null
      ? { remedy: 'Repeat the command. If the failure persists, see the server log.' }
      : {}),
    details: { code: answer?.code ?? null },
    cause: error,
  });
}

/** Parses a `host:port` in the format of the driver. */
function hostOf(address: string): HostPort {
  const colon = address.lastIndexOf(':');
  return { host: bareHost(address.slice(0, colon)), port: Number(address.slice(colon + 1)) };
}

/** Returns an error and its causes, starting with the error itself. */
function chain(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let each = error; each instanceof Error && errors.length < 10; each = each.cause) errors.push(each);
  return errors;
}
