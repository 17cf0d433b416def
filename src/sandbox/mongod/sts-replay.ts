import { sendHttp } from './http.ts';
import { Refused } from './refused.ts';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';

/** What a client hands over instead of its secret key. */
export interface SignedRequest {
  readonly authorization: string;
  /** `20260822T101112Z` */
  readonly date: string;
  readonly sessionToken: string | null;
}

export interface Replay extends SignedRequest {
  /** The host that the client signed for: what was announced to it. */
  readonly host: string;
  /** base64 of client and server nonce. */
  readonly nonce: string;
  readonly url: string;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends the request that the client signed, header for header (facts/mongodb.md 2.2).
 *
 * @returns the ARN that STS names
 * @throws Refused when STS answers anything but 200, or cannot be reached
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
  if (arn === null) throw new Refused('the response of GetCallerIdentity has no ARN');
  return arn;
}

async function send(replay: Replay): Promise<{ readonly status: number; readonly body: string }> {
  try {
    return await sendHttp({
      method: 'POST',
      // The signature is for the path `/`, whatever prefix the address of STS has.
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

/** The text of the one element of this name; an ARN and an error code hold no entities. */
function element(xml: string, name: string): string | null {
  const found = [...xml.matchAll(new RegExp(`<${name}>([^<&]*)</${name}>`, 'g'))];
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}
