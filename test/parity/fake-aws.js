// Emulates AWS for the rows: an STS that returns the signing key, and healthy or broken container endpoints and metadata
// services.
import { createServer } from 'node:http';

const HOUR = 3_600_000;
const REQUEST = '<RequestId>11111111-2222-3333-4444-555555555555</RequestId>';

const at = (time) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
const answer = (action, inner) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inner}</${action}Result><ResponseMetadata>${REQUEST}</ResponseMetadata></${action}Response>`;
const refusal = (code, text) =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error>${REQUEST}</ErrorResponse>`;

/** The credentials that a container endpoint or a metadata service returns. */
function keys(id, end = HOUR) {
  return JSON.stringify({
    Code: 'Success',
    LastUpdated: at(Date.now()),
    Type: 'AWS-HMAC',
    AccessKeyId: id,
    SecretAccessKey: 'secret',
    Token: `token of ${id}`,
    Expiration: at(Date.now() + end),
  });
}

const unknownKey = () => [
  403,
  refusal('InvalidClientTokenId', 'The security token included in the request is invalid.'),
];

/** Returns an ARN with the access key of the signature, and a user ID with the Region of the signature and the endpoint. */
function sts(place, body, headers) {
  const form = new URLSearchParams(body);
  const action = form.get('Action') ?? '';
  const [, id = 'nobody', region = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)/.exec(headers.authorization ?? '') ?? [];
  const signed = action !== 'AssumeRoleWithWebIdentity';
  if (signed && !/^A[KS]IA[A-Z0-9]+$/.test(id)) return unknownKey();
  // The response of AWS to long-term keys with a session token, and to session keys without a session token.
  if (signed && ((headers['x-amz-security-token'] ?? '') !== '') !== id.startsWith('ASIA')) {
    return unknownKey();
  }
  if (action === 'GetCallerIdentity') {
    const arn = `arn:aws:iam::123456789012:user/${id}`;
    return [
      200,
      answer(action, `<Arn>${arn}</Arn><UserId>${region}@${place}</UserId><Account>123456789012</Account>`),
    ];
  }
  if (action === 'AssumeRole' || action === 'AssumeRoleWithWebIdentity') {
    const role = (form.get('RoleArn') ?? '').split('/').at(-1);
    if (role === 'forbidden') return [403, refusal('AccessDenied', 'Access denied')];
    const by = signed ? id : (form.get('WebIdentityToken') ?? '').trim();
    const session = `ASIA${role}BY${by}`.toUpperCase().replace(/[^A-Z0-9]/g, '');
    const credentials = `<Credentials><AccessKeyId>${session}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${at(Date.now() + HOUR)}</Expiration></Credentials>`;
    const user = `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/${role}/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>`;
    return [200, answer(action, credentials + user)];
  }
  return [400, refusal('InvalidAction', `Could not find operation ${action}`)];
}

/** Handles `/container/<mode>/<anything>`. The last part keeps the state of each row separate. */
function containerEndpoint() {
  const asked = new Map();
  return (path, headers) => {
    const [, , mode] = path.split('/');
    const before = asked.get(path) ?? 0;
    asked.set(path, before + 1);
    switch (mode) {
      case 'ok':
        return [200, keys('ASIACONTAINEREXAMPLE')];
      case 'token':
        return headers.authorization === 'let me in'
          ? [200, keys('ASIACONTAINEREXAMPLE')]
          : [403, '{"message":"no"}'];
      case '500-once':
        return before === 0 ? [500, 'busy'] : [200, keys('ASIACONTAINEREXAMPLE')];
      case 'html':
        return [200, '<html>Sign in to the network</html>'];
      default:
        return [Number(mode), '{"message":"no"}'];
    }
  };
}

const ROLES = '/latest/meta-data/iam/security-credentials/';

const METADATA = {
  ok: ({ method, url }) => {
    if (method === 'PUT') return [200, 'metadata-token'];
    if (url === ROLES) return [200, 'node'];
    if (url === `${ROLES}node`) return [200, keys('ASIAINSTANCEEXAMPLE')];
    return url === '/latest/meta-data/placement/region' ? [200, 'eu-central-1'] : [404, ''];
  },
  v1: (request) => (request.method === 'PUT' ? [404, ''] : METADATA.ok(request)),
  off: () => [403, ''],
  'no-role': (request) => (request.url === ROLES ? [404, ''] : METADATA.ok(request)),
  expired: (request) =>
    request.url === `${ROLES}node` && request.method === 'GET'
      ? [200, keys('ASIAINSTANCEEXAMPLE', -HOUR)]
      : METADATA.ok(request),
};

async function serve(answering, { host = '127.0.0.1', port = 0 } = {}) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [status, text] = answering(request, body);
    const type = text.startsWith('<') ? 'text/xml' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': 'request-1' });
    response.end(text);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  server.unref();
  return `http://${host}:${server.address().port}`;
}

/**
 * Starts all servers on loopback, and if `linkLocal` is true also on the addresses that programs use by default.
 *
 * @returns the addresses that rows name as `{first}`, `{second}`, `{container}`, `{metadata:<mode>}`, `{closed}`
 */
export async function startFakeAws(linkLocal) {
  const container = containerEndpoint();
  const containers = (request) => container(request.url, request.headers);
  const addresses = {
    first: await serve((request, body) => sts('first', body, request.headers)),
    second: await serve((request, body) => sts('second', body, request.headers)),
    container: await serve(containers),
    // Nothing listens on port 1, which the system never assigns.
    closed: 'http://127.0.0.1:1',
  };
  for (const [mode, answering] of Object.entries(METADATA)) {
    addresses[`metadata:${mode}`] = await serve(answering);
  }
  if (linkLocal) {
    await serve(METADATA.ok, { host: '169.254.169.254', port: 80 });
    await serve(containers, { host: '169.254.170.2', port: 80 });
    await serve(containers, { host: '169.254.170.23', port: 80 });
  }
  return addresses;
}
