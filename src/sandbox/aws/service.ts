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

/** One authenticated call of an action. */
export interface Call {
  readonly world: AwsWorld;
  readonly caller: Caller;
  readonly parameters: QueryParameters;
  /** The Region whose endpoint was called. */
  readonly region: string;
  /** The Host header, with the port. */
  readonly host: string;
  /** Whether a MongoDB server forwards a request that a client signed (facts/mongodb.md 2.2). */
  readonly replayed: boolean;
  readonly now: Date;
}

/** One call of an action that needs no signature. */
export type UnsignedCall = Omit<Call, 'caller' | 'region'>;

export interface Outcome {
  /** The members of `<ActionResult>`; null when AWS sends no such element. */
  readonly result: readonly XmlElement[] | null;
  /** What was returned to whom, for the lab's log. No secrets. */
  readonly reason: string;
}

/** Performs an action. Throws an AwsError to reject it. */
export type Action = (call: Call) => Outcome | Promise<Outcome>;

/** An unsigned action, whose parameters authenticate the caller. */
export type UnsignedAction = (call: UnsignedCall) => Promise<Outcome>;

/** One AWS service with the query protocol. */
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
 * Handles one request to a service: finds the action and the caller, returns the response, and logs the true
 * reason.
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
    return xmlAnswer(200, successXml(service, action, outcome, requestId), requestId, at);
  } catch (error) {
    const refusal =
      error instanceof AwsError
        ? error
        : new AwsError('InternalFailure', 500, INTERNAL_FAILURE, `a bug in the lab: ${String(error)}`);
    note('refused', `${refusal.code}: ${refusal.reason}`);
    return xmlAnswer(refusal.status, errorXml(service, refusal, requestId), requestId, at);
  }
}

/** The message of a transient 500 of AWS. */
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

function xmlAnswer(status: number, body: string, requestId: string, at: Date): HttpAnswer {
  return {
    status,
    // SDKs read the request id only from this header, and adjust their clock by the date (facts/aws.md 9.3,
    // 9.4).
    headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': requestId, date: at.toUTCString() },
    body,
  };
}

/** Whatever a client sends as its action, the log shows a single word. */
function shownAction(action: string): string {
  return /^\w{1,64}$/.test(action) ? action : '(no action)';
}
