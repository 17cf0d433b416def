import { randomUUID } from 'node:crypto';
import type { LabLog } from '../log.ts';
import { authenticate } from './authenticate.ts';
import { AwsError } from './aws-error.ts';
import type { Caller } from './identities.ts';
import type { HttpAnswer, HttpRequest } from './loopback-server.ts';
import { type QueryParameters, readParameters } from './query.ts';
import { headerValue } from './sigv4.ts';
import type { AwsWorld } from './world.ts';
import { writeXml, type XmlElement } from './xml.ts';

/** A call of an action by an authenticated caller. */
export interface Call {
  readonly world: AwsWorld;
  readonly caller: Caller;
  readonly parameters: QueryParameters;
  /** The Region of the endpoint. */
  readonly region: string;
  /** The Host header, including the port. */
  readonly host: string;
  /**
   * Whether a MongoDB server sent the request. The server forwards a request that a client signed
   * (facts/mongodb.md 2.2).
   */
  readonly replayed: boolean;
  readonly now: Date;
}

/** A call without a signature. */
export type UnsignedCall = Omit<Call, 'caller' | 'region'>;

export interface Outcome {
  /** The children of `<ActionResult>`; null if the AWS response does not contain this element. */
  readonly result: readonly XmlElement[] | null;
  /** The result for the lab's log, without secrets. */
  readonly reason: string;
}

/** Performs an action. Throws an AwsError to reject the call. */
export type Action = (call: Call) => Outcome | Promise<Outcome>;

/** Performs an action that requires no signature. The parameters authenticate the caller. */
export type UnsignedAction = (call: UnsignedCall) => Promise<Outcome>;

/** An AWS service that uses the query protocol. */
export interface Service {
  readonly name: 'sts' | 'iam';
  readonly version: string;
  readonly namespace: string;
  readonly actions: ReadonlyMap<string, Action>;
  readonly unsigned: ReadonlyMap<string, UnsignedAction>;
}

export interface ServiceOptions {
  readonly world: AwsWorld;
  readonly log: LabLog;
  readonly now: () => Date;
}

/**
 * Handles a request to a service. Finds the action and the caller, returns the response, and logs the actual
 * reason for the result.
 */
export async function answerQuery(
  service: Service,
  request: HttpRequest,
  { world, log, now }: ServiceOptions,
): Promise<HttpAnswer> {
  const requestId = randomUUID();
  const at = now();
  const parameters = readParameters(request);
  const action = parameters.text('Action') ?? '';
  const asJson = wantsJson(request, action);
  let caller: Caller | null = null;
  const note = (decision: 'allowed' | 'refused', reason: string) =>
    log.add({
      hop: service.name,
      action: shownAction(action),
      principal: caller?.arn ?? null,
      decision,
      reason,
    });
  try {
    const found = findAction(service, action, parameters.text('Version'));
    const call = {
      world,
      parameters,
      host: headerValue(request, 'host') ?? '',
      replayed: headerValue(request, 'x-mongodb-server-nonce') !== undefined,
      now: at,
    };
    let outcome: Outcome;
    if ('unsigned' in found) {
      outcome = await found.unsigned(call);
    } else {
      const authenticated = await authenticate(request, { world, service: service.name, now: at });
      caller = authenticated.caller;
      outcome = await found.signed({ ...call, caller, region: authenticated.region });
    }
    note('allowed', outcome.reason);
    const written = asJson
      ? successJson(action, outcome, requestId)
      : successXml(service, action, outcome, requestId);
    return answerOf(200, written, { requestId, at, asJson });
  } catch (error) {
    const refusal =
      error instanceof AwsError
        ? error
        : new AwsError('InternalFailure', 500, INTERNAL_FAILURE, `a bug in the lab: ${String(error)}`);
    note('refused', `${refusal.code}: ${refusal.reason}`);
    const written = asJson ? errorJson(refusal, requestId) : errorXml(service, refusal, requestId);
    return answerOf(refusal.status, written, { requestId, at, asJson });
  }
}

/** The AWS message for a transient error with status 500. */
export const INTERNAL_FAILURE =
  'The request processing has failed because of an unknown error, exception or failure.';

function findAction(
  service: Service,
  action: string,
  version = 'NO_VERSION_SPECIFIED',
): { readonly signed: Action } | { readonly unsigned: UnsignedAction } {
  if (action === '') {
    throw new AwsError('MissingAction', 400, 'The request is missing an action or a required parameter.');
  }
  const signed = service.actions.get(action);
  const unsigned = service.unsigned.get(action);
  if (version === service.version) {
    if (signed !== undefined) return { signed };
    if (unsigned !== undefined) return { unsigned };
  }
  throw new AwsError('InvalidAction', 400, `Could not find operation ${action} for version ${version}`);
}

function successXml(service: Service, action: string, { result }: Outcome, requestId: string): string {
  const metadata: XmlElement = ['ResponseMetadata', [['RequestId', requestId]]];
  const content: XmlElement[] = result === null ? [metadata] : [[`${action}Result`, result], metadata];
  return writeXml([[`${action}Response`, content]], service.namespace);
}

function errorXml(service: Service, { status, code, message }: AwsError, requestId: string): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const error: XmlElement = [
    'Error',
    [
      ['Type', type],
      ['Code', code],
      ['Message', message],
    ],
  ];
  return writeXml([['ErrorResponse', [error, ['RequestId', requestId]]]], service.namespace);
}

/**
 * Returns whether STS must respond in JSON. STS responds to GetCallerIdentity in JSON if the client accepts
 * only JSON. Some proxies in front of AWS send such requests.
 */
function wantsJson(request: HttpRequest, action: string): boolean {
  return action === 'GetCallerIdentity' && headerValue(request, 'accept') === 'application/json';
}

function successJson(action: string, { result }: Outcome, requestId: string): string {
  const metadata = { RequestId: requestId };
  return JSON.stringify({
    [`${action}Response`]: {
      [`${action}Result`]: Object.fromEntries(result ?? []),
      ResponseMetadata: metadata,
    },
  });
}

function errorJson({ status, code, message }: AwsError, requestId: string): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return JSON.stringify({ Error: { Code: code, Message: message, Type: type }, RequestId: requestId });
}

function answerOf(
  status: number,
  body: string,
  { requestId, at, asJson }: { readonly requestId: string; readonly at: Date; readonly asJson: boolean },
): HttpAnswer {
  return {
    status,
    // SDKs read the request ID only from the header x-amzn-RequestId. SDKs adjust their clock to the Date
    // header (facts/aws.md 9.3, 9.4).
    headers: {
      'content-type': asJson ? 'application/json' : 'text/xml',
      'x-amzn-RequestId': requestId,
      date: at.toUTCString(),
    },
    body,
  };
}

/**
 * Returns the requested action for the log. Returns a placeholder if the text cannot be the name of an action,
 * because a client can send any text.
 */
function shownAction(action: string): string {
  return /^\w{1,64}$/.test(action) ? action : '(no action)';
}
