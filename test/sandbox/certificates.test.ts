import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCertificates } from '../../src/sandbox/certificates.ts';
import { listenOnLoopback } from '../support/listen.ts';

describe('the certificates of the lab', () => {
  test('openssl accepts them under its strict rules', async () => {
    const made = await createCertificates(new Date(), ['*.lab.fedctl.test']);
    const directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    writeFileSync(join(directory, 'ca.pem'), made.ca);
    writeFileSync(join(directory, 'cert.pem'), made.cert);
    const verify = (...more: string[]) =>
      execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          ...more,
          '-CAfile',
          join(directory, 'ca.pem'),
          join(directory, 'cert.pem'),
        ],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    expect(verify('-verify_hostname', 'localhost')).toBe(`${join(directory, 'cert.pem')}: OK\n`);
    expect(verify('-verify_ip', '127.0.0.1')).toBe(`${join(directory, 'cert.pem')}: OK\n`);
    expect(verify('-verify_hostname', 'a.lab.fedctl.test')).toBe(`${join(directory, 'cert.pem')}: OK\n`);
    expect(() => verify('-verify_hostname', 'lab.fedctl.test')).toThrow('hostname mismatch');
    expect(() => verify('-verify_hostname', 'example.com')).toThrow('hostname mismatch');
  });

  test('a client that trusts the CA connects, any other is warned', async () => {
    const { ca, cert, key } = await createCertificates(new Date());
    const server = https.createServer({ cert, key }, (_request, response) => response.end('hello'));
    const port = await listenOnLoopback(server);
    const get = (trusted?: string) =>
      new Promise<string>((resolve, reject) => {
        https
          .get(
            { host: '127.0.0.1', port, agent: false, ...(trusted === undefined ? {} : { ca: trusted }) },
            (response) => {
              response.setEncoding('utf8').on('data', resolve);
            },
          )
          .on('error', reject);
      });
    await expect(get(ca)).resolves.toBe('hello');
    await expect(get()).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    server.close();
  });
});
