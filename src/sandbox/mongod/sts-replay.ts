import { sendHttp } from './http.ts';
import { Refused } from './refused.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/** The signed request that proves the identity of a client. The client does not send its secret key. */
export interface SignedRequest {
  readonly authorization: string;
  /** The date and time of the signature, for example `20260822T101112Z`. */
  readonly date: string;
  readonly sessionToken: string | null;
}

export interface Replay extends SignedRequest {
  /** The STS host. The server sent this host to the client, and the client signed the host. */
  readonly host: string;
  /** The base64-encoded nonce: the client nonce followed by the server nonce. */
  readonly nonce: string;
  readonly url: string;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends the client's signed request to STS. The headers have the values that the client signed (facts/mongodb.md 2.2).
 *
 * @returns the ARN in the response
 * @throws Refused if STS is unreachable, returns a status other than 200, or returns no ARN
 */
export async function replayCallerIdentity(replay: Replay): Promise<string> {
  const answer = await send(replay);
  if (answer.status !== 200) {
    const code = element(answer.body, 'Code');
    throw new Refused(
      `Unexpected GetCallerIdentity HTTP status code: ${answer.status}${code === null ? '' : ` (${code})`}`,
    );
  }
  const arn = element(answer.body, 'Arn');
  if (arn === null) throw new Refused('the response from GetCallerIdentity contains no ARN');
  return arn;
}

async function send(replay: Replay): Promise<{ readonly status: number; readonly body: string }> {
  try {
    return await sendHttp({
      method: 'POST',
      // The request uses the path `/`, which the client signed. The path in `replay.url` is ignored.
      url: new URL('/', replay.url),
      headers: {
        Authorization: replay.authorization,
        'Content-Length': String(BODY.length),
        'Content-Type': 'application/x-www-form-urlencoded',
        Host: replay.host,
        'X-Amz-Date': replay.date,
        ...(replay.sessionToken !== null && { 'X-Amz-Security-Token': replay.sessionToken }),
        'X-MongoDB-GS2-CB-Flag': 'n',
        'X-MongoDB-Server-Nonce': replay.nonce,
      },
      body: BODY,
      ca: replay.ca,
      signal: replay.signal,
    });
  } catch (error) {
    throw new Refused(`STS is unreachable: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

/**
 * Returns the text of an XML element, or null if the element does not occur exactly once. ARNs and error codes contain
 * no XML entities.
 */
function element(xml: string, name: string): string | null {
  const found = [...xml.matchAll(new RegExp(`<${name}>([^<&]*)</${name}>`, 'g'))];
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}
