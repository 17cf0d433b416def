import { request } from 'node:https';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startAws } from '../../../src/sandbox/aws/start-aws.ts';
import { createCertificates } from '../../../src/sandbox/certificates.ts';
import { ORG_ACCOUNT, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';
import { listenOnLoopback } from '../../support/listen.ts';

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => resolve(text(response)))
      .on('error', reject)
      .end();
  });
}

describe('startAws', () => {
  it('starts STS, IAM and an issuer for each account, each at its own address', async () => {
    const { aws, world } = await startLabAws();
    const urls = [aws.stsUrl, aws.iamUrl, aws.issuerUrl(OWN_ACCOUNT), aws.issuerUrl(ORG_ACCOUNT)];
    expect(new Set(urls).size).toBe(4);
    for (const url of urls) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(world.account(ORG_ACCOUNT).issuer).toBe(aws.issuerUrl(ORG_ACCOUNT));
    await aws.close();
    await expect(fetch(aws.stsUrl)).rejects.toThrow();
    await expect(fetch(aws.issuerUrl(OWN_ACCOUNT))).rejects.toThrow();
  });

  it('speaks https everywhere with a certificate', async () => {
    const { ca, cert, key } = await createCertificates(new Date());
    const { aws } = await startLabAws({ tls: { cert, key } });
    try {
      const issuer = aws.issuerUrl(OWN_ACCOUNT);
      expect(issuer).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(JSON.parse(await get(`${issuer}/.well-known/openid-configuration`, ca))).toMatchObject({
        issuer,
      });
      expect(await get(aws.stsUrl, ca)).toContain('<Code>MissingAction</Code>');
      expect(await get(aws.iamUrl, ca)).toContain('<Code>MissingAction</Code>');
    } finally {
      await aws.close();
    }
  });

  it('leaves nothing listening when a later server cannot start', async () => {
    const { aws, world, log, now } = await startLabAws();
    await aws.close();
    const taken = createServer();
    const port = await listenOnLoopback(taken);
    const ports = { issuers: { [ORG_ACCOUNT]: port } };
    const before = world.account(OWN_ACCOUNT).issuer;
    await expect(startAws({ world, log, now, ports })).rejects.toMatchObject({
      code: 'lab.port-taken',
      message: `The lab's issuer of account ${ORG_ACCOUNT} cannot listen on 127.0.0.1:${port}: the port is in use.`,
    });
    // The issuer that did start is gone again.
    expect(world.account(OWN_ACCOUNT).issuer).not.toBe(before);
    await expect(fetch(world.account(OWN_ACCOUNT).issuer)).rejects.toThrow();
    taken.close();
  });
});
