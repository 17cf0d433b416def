import { createHash, createHmac } from 'node:crypto';
import { request as send } from 'node:http';

/** A request of the query protocol, signed without the signer that the lab uses for verification. */
export interface SignedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningFacts {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken?: string;
  /** Such as `20261122T080000Z`. */
  readonly date: string;
  readonly host: string;
  readonly body?: string;
  readonly method?: string;
  /** Path and query. The query is sent unchanged, so it must be canonical. */
  readonly target?: string;
  readonly service?: string;
  readonly region?: string;
  /** Additional signed headers. */
  readonly signed?: Readonly<Record<string, string>>;
  /** The date in the credential scope, if different from the request date. */
  readonly day?: string;
}

export function signRequest(facts: SigningFacts): SignedRequest {
  const { method = 'POST', target = '/', body = '', service = 'sts', region = 'us-east-1', date } = facts;
  const headers: Record<string, string> = {
    host: facts.host,
    'x-amz-date': date,
    ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...(facts.sessionToken === undefined ? {} : { 'x-amz-security-token': facts.sessionToken }),
    ...facts.signed,
  };
  const names = Object.keys(headers).sort();
  const [path = '', query = ''] = target.split('?');
  const lines = names.map((name) => `${name}:${headers[name]?.trim().replaceAll(/ +/g, ' ')}\n`).join('');
  const canonical = [method, path, query, lines, names.join(';'), sha256(body)].join('\n');
  const day = facts.day ?? date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${facts.secret}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  return {
    method,
    target,
    body,
    headers: {
      ...headers,
      authorization:
        `AWS4-HMAC-SHA256 Credential=${facts.accessKeyId}/${scope}, ` +
        `SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  /** The `<Code>` of the response; null for success. */
  readonly code: string | null;
  readonly message: string | null;
}

/** Sends a request unchanged, including its Host header. */
export function sendRequest(
  url: string,
  { method, target, headers, body }: SignedRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sending = send(
      { host: hostname, port, method, path: target, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            code: /<Code>(.*?)<\/Code>/s.exec(text)?.[1] ?? null,
            message: /<Message>(.*?)<\/Message>/s.exec(text)?.[1] ?? null,
          }),
        );
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
