import type { Context } from '../../lib/core/context.ts';
import { deadline } from '../../lib/core/deadline.ts';
import { FedctlError, isFedctlError } from '../../lib/core/errors.ts';
import type { FetchResponse } from '../../lib/core/fetch.ts';
import { isLoopbackHost } from '../../lib/core/hosts.ts';
import { isRecord, memberOf } from '../../lib/core/record.ts';
import { Secret } from '../../lib/core/secret.ts';
import { FAILURES, type FailureCode } from '../../lib/failures/failures.ts';
import type { Hop } from '../delays.ts';
import type { LabLogEntry } from '../log.ts';
import type { PlayedScenario } from '../scenarios/played-scenario.ts';
import type { DatabaseUserChange, IdentityProviderChange } from './atlas-changes.ts';
import type { LabChange } from './controls.ts';
import { CONTROL_API } from './marker.ts';
import type { LabStatus, LabTime } from './status.ts';

/** A request to the control API. */
interface LabCall {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** The path, such as `/v1/status`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** A part of the lab's log. `next` is the value of `since` for the next request. */
export interface LabLogPage {
  readonly entries: readonly LabLogEntry[];
  readonly next: number;
}

/**
 * A client for the control API of a running lab, for use from another process. Every method can throw
 * FedctlError lab.none, lab.address-invalid, lab.unreachable and lab.refused. It can also throw the errors
 * that the lab returns: usage.invalid-value, lab.unknown-name, lab.scenario-played, lab.scenario-unplayable.
 */
export interface LabClient {
  status(): Promise<LabStatus>;
  time(): Promise<LabTime>;
  setClock(offsetSeconds: number): Promise<LabTime>;
  /**
   * Returns the log entries after the first `since` entries.
   *
   * @param wait how long to wait if there is no new entry, in seconds
   */
  log(since: number, wait: number): Promise<LabLogPage>;
  change(request: LabChangeRequest): Promise<LabChange>;
  playScenario(name: string): Promise<PlayedScenario>;
  /** Sends a stop request to the lab, and waits until the lab has stopped. */
  stop(): Promise<void>;
}

/** The changes that the control API accepts. */
export type LabChangeRequest =
  | { readonly setting: 'federation'; readonly enabled: boolean; readonly account?: string }
  | { readonly setting: 'keys'; readonly account?: string }
  | ({ readonly setting: 'database-user' } & DatabaseUserChange)
  | ({ readonly setting: 'identity-provider' } & IdentityProviderChange)
  | {
      readonly setting: 'organization-link';
      readonly identityProvider: string;
      readonly connected: boolean;
    }
  | { readonly setting: 'access-list'; readonly address: string; readonly allowed: boolean }
  | { readonly setting: 'cluster'; readonly name: string; readonly paused: boolean }
  | { readonly setting: 'no-database-user'; readonly username: string }
  | { readonly setting: 'identity'; readonly arn: string }
  | { readonly setting: 'connections' }
  | { readonly setting: 'delay'; readonly hop: Hop; readonly ms: number };

const CHANGES: Readonly<Record<LabChangeRequest['setting'], Pick<LabCall, 'method' | 'path'>>> = {
  federation: { method: 'PUT', path: '/v1/federation' },
  keys: { method: 'POST', path: '/v1/rotate-keys' },
  'database-user': { method: 'PUT', path: '/v1/database-user' },
  'identity-provider': { method: 'PUT', path: '/v1/identity-provider' },
  'organization-link': { method: 'PUT', path: '/v1/organization-link' },
  'access-list': { method: 'PUT', path: '/v1/access-list' },
  cluster: { method: 'PUT', path: '/v1/cluster' },
  'no-database-user': { method: 'POST', path: '/v1/revoke-database-user' },
  identity: { method: 'POST', path: '/v1/revoke-identity' },
  connections: { method: 'POST', path: '/v1/drop-connections' },
  delay: { method: 'PUT', path: '/v1/delay' },
};

/** The time limit for a lab to stop, and the interval between checks, both in milliseconds. */
const GONE = { within: 10_000, every: 50 } as const;

/**
 * Creates a client for a running lab. Reads the URL of the lab from FEDCTL_SANDBOX_URL, and its token from
 * FEDCTL_SANDBOX_TOKEN. Connects only to loopback addresses. Does not validate responses, because the server
 * runs the code of this package.
 *
 * @param timeoutMs timeout of each call, in milliseconds
 */
export function createLabClient(context: Context, timeoutMs: number): LabClient {
  context.redactor.learn(new Secret(context.env['FEDCTL_SANDBOX_TOKEN'] ?? ''));
  const get = (path: string, more = 0) => call(context, { method: 'GET', path, timeoutMs: timeoutMs + more });
  return {
    status: async () => (await get('/v1/status')) as LabStatus,
    time: async () => (await get('/v1/clock')) as LabTime,
    setClock: async (offsetSeconds) => {
      const body = { offsetSeconds };
      return (await call(context, { method: 'PUT', path: '/v1/clock', body, timeoutMs })) as LabTime;
    },
    log: async (since, wait) => {
      const page = await get(`/v1/log?since=${since}&wait=${wait}`, wait * 1000);
      const { entries, next } = page as LabLogPage;
      return { entries: entries.map((entry) => ({ ...entry, at: new Date(entry.at) })), next };
    },
    change: async ({ setting, ...body }) =>
      (await call(context, { ...CHANGES[setting], body, timeoutMs })) as LabChange,
    playScenario: async (name) => {
      const body = { name };
      return (await call(context, {
        method: 'POST',
        path: '/v1/scenario',
        body,
        timeoutMs,
      })) as PlayedScenario;
    },
    stop: async () => {
      await call(context, { method: 'POST', path: '/v1/stop', timeoutMs });
      await gone(context, timeoutMs);
    },
  };
}

/** Waits until the control API no longer responds. The lab closes the control API last. */
async function gone(context: Context, timeoutMs: number): Promise<void> {
  const bound = deadline(context.signal, GONE.within);
  while (!bound.aborted) {
    const answers = await call(context, { method: 'GET', path: '/v1/clock', timeoutMs }).then(
      () => true,
      (error: unknown) => {
        if (isFedctlError(error) && error.code === 'lab.unreachable') return false;
        throw error;
      },
    );
    if (!answers) return;
    await context.sleep(GONE.every, bound).catch(() => {});
  }
  context.signal.throwIfAborted();
  throw new FedctlError('lab.refused', {
    message: `The lab did not stop within ${GONE.within / 1000} s.`,
  });
}

/** Maximum size of a response, in bytes. The longest response is a log of 1,000 entries. */
const MAX_BYTES = 8 * 1024 * 1024;

async function call(context: Context, { method, path, body, timeoutMs }: LabCall): Promise<unknown> {
  const { url, token } = labAddress(context.env);
  let response: FetchResponse;
  try {
    response = await context.fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      maxBytes: MAX_BYTES,
      signal: deadline(context.signal, timeoutMs),
    });
  } catch (cause) {
    if (context.signal.aborted) throw context.signal.reason;
    throw new FedctlError('lab.unreachable', {
      message: `The lab at ${url} does not respond.`,
      details: { url },
      cause,
    });
  }
  const { status, headers, body: text } = response;
  if (status !== 200) throw refusal(url, status, text ?? '');
  if (headers[CONTROL_API] !== undefined && text !== null) return JSON.parse(text);
  throw new FedctlError('lab.refused', {
    message: `The server at ${url} is not a lab.`,
    likelyCause: 'The lab was stopped, and another server uses its port now.',
    details: { url, status },
  });
}

function labAddress(env: Context['env']): { readonly url: string; readonly token: string } {
  const url = env['FEDCTL_SANDBOX_URL'] ?? '';
  const token = env['FEDCTL_SANDBOX_TOKEN'] ?? '';
  if (url === '' || token === '') {
    const missing = url === '' ? 'FEDCTL_SANDBOX_URL' : 'FEDCTL_SANDBOX_TOKEN';
    throw new FedctlError('lab.none', { message: `No lab is selected: ${missing} is not set.` });
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' || !isLoopbackHost(parsed.hostname) || parsed.origin !== url) {
    throw new FedctlError('lab.address-invalid', {
      message: 'Invalid FEDCTL_SANDBOX_URL: expected http://127.0.0.1:<port>.',
    });
  }
  return { url, token };
}

/** Converts an error response from the lab to a failure. */
function refusal(url: string, status: number, text: string): FedctlError {
  const { code, message, ...facts } = errorIn(text);
  if (status === 422 && code !== null) return new FedctlError(code, { message, ...facts });
  const said = message === '' ? '' : `: ${message}`;
  return new FedctlError('lab.refused', {
    message: `The lab at ${url} responded with ${status}${said}.`,
    details: { url, status },
  });
}

interface LabError {
  readonly code: FailureCode | null;
  readonly message: string;
  readonly likelyCause?: string;
  readonly remedy?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function errorIn(text: string): LabError {
  let error: unknown = null;
  try {
    error = memberOf(JSON.parse(text), 'error');
  } catch {
    // If the response is not JSON, the error message contains only the HTTP status.
  }
  const { code, message, likelyCause, remedy, details } = isRecord(error) ? error : {};
  return {
    code: typeof code === 'string' && Object.hasOwn(FAILURES, code) ? (code as FailureCode) : null,
    message: typeof message === 'string' ? message : '',
    ...(typeof likelyCause === 'string' && { likelyCause }),
    ...(typeof remedy === 'string' && { remedy }),
    details: isRecord(details) ? details : {},
  };
}
