import { describe, expect, test } from 'vitest';
import { readCheckConfig } from '../../../src/lib/config/check-config.ts';
import { memberRule, refuseStrangeHosts } from '../../../src/lib/config/host-rule.ts';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { isFedctlError } from '../../../src/lib/core/errors.ts';

const FILE = 'fedctl.yaml';

/** What is said of a file that was found; null when it may be used. */
function refusal(text: string, allowed: readonly string[] = []): string | null {
  const targets = readCheckConfig(text, { file: FILE, directory: '/repo', env: {} });
  try {
    refuseStrangeHosts(targets, { file: FILE, allowed });
    return null;
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'config.host-refused') throw error;
    expect(error.exitCode).toBe(2);
    return /target "a" (.*)\.$/.exec(error.message)?.[1] ?? error.message;
  }
}

const one = (line: string) => `targets:\n  a:\n    ${line}\n`;

describe('a file that was found may send tokens to this machine and to Atlas', () => {
  test.each([
    'uri: mongodb+srv://cluster0.abcde.mongodb.net/',
    'uri: mongodb+srv://CLUSTER0.ABCDE.MongoDB.NET/',
    'uri: mongodb+srv://cluster0.abcde.mongodb.net./',
    'uri: mongodb+srv://cluster0.abcde.mongodbgov.net/',
    'uri: mongodb://a.mongo.com:27017,b.mongo.com:27018/?tls=true',
    'uri: mongodb://127.0.0.1:5000,localhost,[::1]:27017/',
    'uri: mongodb+srv://x.abcde.mongodb.net/?proxyHost=127.0.0.1&proxyPort=1080',
    '{ uri: "mongodb+srv://x.abcde.mongodb.net/", dnsServer: "127.0.0.1:5353" }',
    'dnsServer: "[::1]:53"',
    'api: http://127.0.0.1:8080/whoami',
    'api: https://app.mongodb.net/whoami',
    'issuer: http://localhost:4000',
    'issuer: https://issuer.example',
    'audience: https://evil.example',
  ])('%s', (line) => {
    expect(refusal(one(line))).toBeNull();
  });
});

describe('and to nobody else', () => {
  test.each([
    ['uri: mongodb+srv://evil.example/', 'would log in to evil.example'],
    // A name of Atlas in front of the host, behind it, and glued to it.
    ['uri: mongodb://x.mongodb.net@evil.example/?tls=true', 'would log in to evil.example'],
    ['uri: mongodb+srv://mongodb.net.evil.example/', 'would log in to mongodb.net.evil.example'],
    ['uri: mongodb+srv://x.evilmongodb.net/', 'would log in to x.evilmongodb.net'],
    ['uri: mongodb://evilmongodb.net/?tls=true', 'would log in to evilmongodb.net'],
    ['uri: mongodb://evil.example/x.mongodb.net?tls=true', 'would log in to evil.example'],
    ['uri: mongodb://mongodb.net/?tls=true', 'would log in to mongodb.net'],
    ['uri: mongodb+srv://EVIL.Example/', 'would log in to evil.example'],
    ['uri: mongodb://x.mongodb.net.evil.example./?tls=true', 'would log in to x.mongodb.net.evil.example.'],
    ['uri: mongodb://x.mongodb.net../?tls=true', 'would log in to x.mongodb.net..'],
    ['uri: mongodb://x.mongodb.net,evil.example/?tls=true', 'would log in to evil.example'],
    ['uri: mongodb://127.0.0.1,203.0.113.7/?tls=true', 'would log in to 203.0.113.7'],
    ['uri: mongodb://[2001:db8::1]:27017/?tls=true', 'would log in to 2001:db8::1'],
    // What a resolver might take for this machine.
    ['uri: mongodb://localhost.evil.example/?tls=true', 'would log in to localhost.evil.example'],
    ['uri: mongodb://127.0.0.1.evil.example/?tls=true', 'would log in to 127.0.0.1.evil.example'],
    ['uri: mongodb://localhost./?tls=true', 'would log in to localhost.'],
    ['uri: mongodb://0.0.0.0/?tls=true', 'would log in to 0.0.0.0'],
    ['uri: mongodb://2130706433/?tls=true', 'would log in to 2130706433'],
    [
      'uri: mongodb+srv://x.abcde.mongodb.net/?proxyHost=evil.example',
      'would log in through the proxy evil.example',
    ],
    [
      'uri: mongodb+srv://x.abcde.mongodb.net/?PROXYHOST=x.mongodb.net',
      'would log in through the proxy x.mongodb.net',
    ],
    [
      'uri: mongodb+srv://x.abcde.mongodb.net/?tlsCAFile=ca.pem',
      'sets which certificates TLS trusts (tlsCAFile)',
    ],
    [
      'uri: mongodb+srv://x.abcde.mongodb.net/?tlscafile=ca.pem',
      'sets which certificates TLS trusts (tlsCAFile)',
    ],
    ['uri: mongodb://127.0.0.1/?tlsCAFile=ca.pem', 'sets which certificates TLS trusts (tlsCAFile)'],
    [
      'uri: mongodb+srv://x.abcde.mongodb.net/?tlsCertificateKeyFile=key.pem',
      'would send a client certificate (tlsCertificateKeyFile)',
    ],
    [
      'uri: mongodb://127.0.0.1/?tls=true&tlsCRLFile=x&tlsInsecure=false',
      'sets which certificates TLS trusts (tlsCRLFile, tlsInsecure)',
    ],
    [
      '{ uri: "mongodb+srv://x.abcde.mongodb.net/", dnsServer: "203.0.113.7:53" }',
      'would use the DNS server 203.0.113.7 to resolve the host names of the cluster',
    ],
    [
      'dnsServer: "2001:db8::1"',
      'would use the DNS server 2001:db8::1 to resolve the host names of the cluster',
    ],
    ['api: https://evil.example/', 'would send a token to the API at evil.example'],
    ['api: https://evil.example/x.mongodb.net', 'would send a token to the API at evil.example'],
    ['api: https://evil.example\\@x.mongodb.net/', 'would send a token to the API at evil.example'],
    [
      'api: https://x.mongodb.net.evil.example/',
      'would send a token to the API at x.mongodb.net.evil.example',
    ],
    ['api: https://mongodb。net.evil.example/', 'would send a token to the API at mongodb.net.evil.example'],
  ])('%s', (line, said) => {
    expect(refusal(one(line))).toBe(said);
  });

  test.each([
    ['of the defaults', 'defaults: { uri: "mongodb+srv://evil.example/" }\ntargets: { a: {} }\n'],
    ['behind an anchor', 'targets:\n  a: &x { uri: "mongodb+srv://evil.example/" }\n  b: *x\n'],
    [
      'merged in, where the file says that it is YAML 1.1',
      '%YAML 1.1\n---\ntargets:\n  a: &x { uri: "mongodb+srv://evil.example/" }\n  b: { <<: *x, audience: z }\n',
    ],
    ['of the second target', 'targets:\n  b: {}\n  a: { uri: "mongodb+srv://evil.example/" }\n'],
    ['by a variable', `targets: { a: { uri: "mongodb+srv://\${FEDCTL_VAR_H:-evil.example}/" } }\n`],
    ['folded over lines', 'targets:\n  a:\n    uri: "mongodb+srv://\\\n      evil.example/"\n'],
  ])('also %s', (_, text) => {
    expect(refusal(text)).toBe('would log in to evil.example');
  });

  test('an issuer without TLS, which the reader refuses already', () => {
    const [target] = readCheckConfig('targets: { a: {} }', { file: FILE, directory: '/repo', env: {} });
    if (target === undefined) throw new Error('no target');
    const rule = { file: FILE, allowed: [] };
    expect(() => refuseStrangeHosts([{ ...target, issuer: 'http://issuer.example' }], rule)).toThrow(
      expect.objectContaining({
        code: 'config.host-refused',
        message:
          'fedctl.yaml was found in the working directory and is not trusted: target "a" would trust the issuer issuer.example without TLS.',
      }),
    );
  });
});

describe('--allow-host', () => {
  const EVIL = one('uri: mongodb+srv://db.corp.example/');

  test.each([
    'db.corp.example',
    'DB.corp.example.',
    '*.corp.example',
    '.corp.example',
    '*.example',
    '.example',
  ])('%s lets db.corp.example through', (host) => {
    expect(refusal(EVIL, ['other.example', host])).toBeNull();
  });

  test.each(['corp.example', '*.db.corp.example', '.db.corp.example', '.orp.example', 'xdb.corp.example'])(
    '%s does not',
    (host) => {
      expect(refusal(EVIL, [host])).toBe('would log in to db.corp.example');
    },
  );

  test('allows an IP address only by its full value, not by a suffix', () => {
    const text = one('uri: mongodb://[2001:db8::1],203.0.113.7/?tls=true');
    expect(refusal(text, ['[2001:DB8:0::1]', '203.0.113.7'])).toBeNull();
    expect(refusal(text, ['[2001:db8::1]', '*.113.7'])).toBe('would log in to 203.0.113.7');
  });

  test('vouches for nobody whom TLS is told to trust: that takes --config', () => {
    const text = one('uri: mongodb+srv://x.abcde.mongodb.net/?tlsCAFile=ca.pem&proxyHost=proxy.example');
    expect(refusal(text, ['*.abcde.mongodb.net', 'proxy.example'])).toBe(
      'sets which certificates TLS trusts (tlsCAFile)',
    );
    const targets = readCheckConfig(text, { file: FILE, directory: '/repo', env: {} });
    expect(() => refuseStrangeHosts(targets, { file: FILE, allowed: [] })).toThrow(
      expect.objectContaining({
        remedy: 'If you trust the file, specify it with --config fedctl.yaml.',
        command: null,
      }),
    );
  });

  test.each([
    '*',
    '*.',
    '.',
    '',
    '..example',
    'db.example:27017',
    'mongodb://db.example',
    'a*.example',
    '*.*.example',
  ])('"%s" is no host', (host) => {
    expect(() => refuseStrangeHosts([], { file: FILE, allowed: [host] })).toThrow(
      expect.objectContaining({
        code: 'usage.invalid-value',
        message: `Invalid --allow-host "${host}": expected a host without a port, or *.<domain>.`,
      }),
    );
  });
});

test('the failure names the file and the target, and suggests a command that allows every host', () => {
  const text = `
targets:
  prod: { uri: "mongodb+srv://db.corp.example/", api: "https://api.corp.example/" }
  test: { uri: "mongodb+srv://db.corp.example/" }
`;
  const targets = readCheckConfig(text, { file: FILE, directory: '/repo', env: {} });
  expect(() => refuseStrangeHosts(targets, { file: FILE, allowed: [] })).toThrow(
    expect.objectContaining({
      code: 'config.host-refused',
      exitCode: 2,
      message:
        'fedctl.yaml was found in the working directory and is not trusted: target "prod" would log in to db.corp.example.',
      remedy:
        'If you trust them, allow the hosts with --allow-host. To trust the whole file, add --config fedctl.yaml.',
      command: rerun({ set: { '--allow-host': ['db.corp.example', 'api.corp.example'] } }),
      details: {
        file: 'fedctl.yaml',
        hosts: ['db.corp.example', 'api.corp.example'],
        target: 'prod',
        evidence: [
          'fedctl.yaml, target "prod": would log in to db.corp.example',
          'fedctl.yaml, target "prod": would send a token to the API at api.corp.example',
          'fedctl.yaml, target "test": would log in to db.corp.example',
        ],
      },
    }),
  );
});

test('a host that a shell would run stands in the command as one word, and the hosts that were allowed stay', () => {
  const [target] = readCheckConfig('targets: { a: {} }', { file: FILE, directory: '/repo', env: {} });
  if (target === undefined) throw new Error('no target');
  const strange = { ...target, api: 'https://$(reboot).example/' };
  expect(() => refuseStrangeHosts([strange], { file: FILE, allowed: ['a.example'] })).toThrow(
    expect.objectContaining({
      remedy:
        'If you trust it, allow the host with --allow-host. To trust the whole file, add --config fedctl.yaml.',
      command: rerun({ set: { '--allow-host': ['a.example', '$(reboot).example'] } }),
    }),
  );
});

describe('refuses replica set members that are not allowed', () => {
  const members = (allowed: readonly string[]) => {
    const refuse = memberRule({ file: FILE, allowed });
    return (host: string) => refuse({ host, port: 27017 });
  };

  test.each(['b.abc.mongodb.net', '127.0.0.1', '::1', 'localhost'])('%s may be dialled', (host) => {
    expect(members([])(host)).toBeNull();
  });

  test.each(['evil.example', 'mongodb.net', '203.0.113.7', 'b.abc.mongodb.net.evil.example'])(
    '%s may not, and the failure says what to type',
    (host) => {
      expect(members(['*.corp.example'])(host)).toMatchObject({
        code: 'config.host-refused',
        exitCode: 2,
        message: `The server reports ${host} as a member of its replica set, but fedctl does not send a token to this host. fedctl.yaml was found in the working directory and is not trusted, so fedctl sends tokens only to loopback addresses and Atlas.`,
        remedy:
          'If you trust it, allow the host with --allow-host. To trust the whole file, add --config fedctl.yaml.',
        command: rerun({ set: { '--allow-host': ['*.corp.example', host] } }),
        details: { file: 'fedctl.yaml', hosts: [host] },
      });
    },
  );

  test.each(['evil.example', '*.example', '.example'])('--allow-host %s names one', (allowed) => {
    expect(members([allowed])('evil.example')).toBeNull();
  });
});
