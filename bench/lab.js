// Measures mints, key fetches and logins of the lab, each relative to the cryptographic and network primitives that the
// operation requires. Each round runs all measurements, so that a busy machine slows them equally. Prints the median.
import { createHash, createHmac, webcrypto } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import { MongoClient } from 'mongodb';
import { startLab } from '../dist/sandbox/lab.js';

const ROUNDS = 5;
/** The number of concurrent operations, enough to keep client and lab busy. */
const LANES = 8;

/** @param {number} seconds the total time */
export async function run(seconds) {
  const lab = await startLab({
    now: () => new Date(),
    fedctl: ['fedctl'],
    tls: false,
    replicaSet: null,
    mongoPort: 0,
  });
  const operator = lab.world.user('operator');
  lab.world.setFederation(operator.account.id, true);
  const empty = createServer((_request, response) => response.end());
  await new Promise((resolve) => empty.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true });
  try {
    const contestants = await prepare(lab, operator, `http://127.0.0.1:${empty.address().port}`, agent);
    const rates = new Map(contestants.map(({ name }) => [name, []]));
    const slice = (seconds * 1000) / (ROUNDS + 1) / contestants.length;
    // The first round is a warm-up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const { name, once } of contestants) {
        const rate = await perSecond(once, slice);
        if (round > 0) rates.get(name).push(rate);
      }
    }
    report(contestants, new Map([...rates].map(([name, found]) => [name, median(found)])));
  } finally {
    agent.destroy();
    empty.close();
    await lab.close();
  }
}

/** The measured operations, each with the primitives for comparison. */
async function prepare(lab, operator, emptyUrl, agent) {
  const { AWS_ENDPOINT_URL_STS: sts, FEDCTL_ISSUER: issuer, FEDCTL_URI: uri, FEDCTL_AUDIENCE } = lab.env;
  const pair = await webcrypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    false,
    ['sign', 'verify'],
  );
  const claims = Buffer.alloc(700, 'c');
  const mint = () => {
    const body =
      'Action=GetWebIdentityToken&Version=2011-06-15&SigningAlgorithm=RS256&DurationSeconds=3600' +
      `&Audience.member.1=${FEDCTL_AUDIENCE}`;
    return exchange(sts, agent, { method: 'POST', headers: signed(operator, new URL(sts).host, body), body });
  };
  const token = /<WebIdentityToken>(.*)<\/WebIdentityToken>/.exec(await mint())[1];
  const login = async (properties, mechanism) => {
    const client = new MongoClient(`${uri}?authMechanism=${mechanism}&maxPoolSize=1`, {
      authMechanismProperties: properties,
    });
    await client.db('admin').command({ ping: 1 });
    await client.close();
  };
  const keys = {
    accessKeyId: operator.accessKeyId,
    secretAccessKey: operator.secretAccessKey.reveal(),
  };
  return [
    {
      name: 'one RSA-2048 signature',
      once: () => webcrypto.subtle.sign(pair.privateKey.algorithm.name, pair.privateKey, claims),
    },
    { name: 'one SigV4 check', once: async () => signed(operator, 'x', 'Action=GetCallerIdentity') },
    { name: 'one empty HTTP answer', once: () => exchange(emptyUrl, agent, { method: 'GET' }) },
    {
      name: 'one driver connect without auth',
      once: async () => {
        const client = new MongoClient(`${uri}?maxPoolSize=1`);
        await client.db('admin').command({ ping: 1 });
        await client.close();
      },
    },
    {
      name: 'mint',
      once: mint,
      beside: ['one RSA-2048 signature', 'one SigV4 check', 'one empty HTTP answer'],
    },
    {
      name: 'key fetch',
      once: () => exchange(`${issuer}/.well-known/jwks.json`, agent, { method: 'GET' }),
      beside: ['one empty HTTP answer'],
    },
    {
      name: 'login by MONGODB-OIDC',
      once: () =>
        login(
          { OIDC_CALLBACK: async () => ({ accessToken: token }), ALLOWED_HOSTS: ['127.0.0.1'] },
          'MONGODB-OIDC',
        ),
      beside: ['one driver connect without auth'],
    },
    {
      name: 'login by MONGODB-AWS',
      once: () => login({ AWS_CREDENTIAL_PROVIDER: async () => keys }, 'MONGODB-AWS'),
      beside: ['one driver connect without auth', 'one SigV4 check', 'one empty HTTP answer'],
    },
  ];
}

/** The number of completed `once` calls per second, with eight concurrent calls. */
async function perSecond(once, ms) {
  const since = performance.now();
  const until = since + ms;
  let done = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (performance.now() < until) {
        await once();
        done += 1;
      }
    }),
  );
  return (done * 1000) / (performance.now() - since);
}

/** Sends one request on a persistent connection. @returns the body; rejects unless the status is 200 */
function exchange(url, agent, { method, headers = {}, body = '' }) {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/** Returns the headers of a request signed with Signature Version 4, with the same hashes that a check computes. */
function signed({ accessKeyId, secretAccessKey }, host, body) {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/eu-central-1/sts/aws4_request`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', host, 'x-amz-date': date };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const key = scope
    .split('/')
    .reduce((secret, part) => hmac(secret, part), `AWS4${secretAccessKey.reveal()}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key, text) {
  return createHmac('sha256', key).update(text).digest();
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function report(contestants, rates) {
  for (const { name, beside = [] } of contestants) {
    const rate = rates.get(name);
    process.stdout.write(`${name.padEnd(32)} ${String(Math.round(rate)).padStart(8)} per second\n`);
    // The time of one operation divided by the total time of its primitives.
    if (beside.length === 0) continue;
    const bare = beside.reduce((time, primitive) => time + 1 / rates.get(primitive), 0);
    const ratio = (1 / rate / bare).toFixed(1);
    process.stdout.write(`${''.padEnd(32)} ${ratio.padStart(8)} times ${beside.join(' + ')}\n`);
  }
}
