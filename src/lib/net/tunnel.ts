import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { bareHost } from '../hosts.ts';
import { ProxyFault } from './proxy-fault.ts';

/** A proxy that takes longer answers nobody; whoever waits for it gives up before. Milliseconds. */
const PATIENCE = 60_000;

/**
 * Has an HTTP proxy open a tunnel (RFC 9110, 9.3.6). Asked once: a proxy that hangs up is not asked again. The caller owns
 * the socket.
 *
 * @param authority `host:port` of the server behind it
 * @param trust how the proxy's own certificate is verified, where it speaks TLS
 * @throws ProxyFault
 */
export function openTunnel(proxy: URL, authority: string, trust: object): Promise<Socket> {
  const secure = proxy.protocol === 'https:';
  const user = decodeURIComponent(proxy.username);
  const password = decodeURIComponent(proxy.password);
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const options: RequestOptions = {
    ...trust,
    method: 'CONNECT',
    host: bareHost(proxy.hostname),
    port: proxy.port || (secure ? 443 : 80),
    path: authority,
    agent: false,
    timeout: PATIENCE,
    headers: {
      host: authority,
      ...(user === '' && password === '' ? {} : { 'proxy-authorization': `Basic ${basic}` }),
    },
  };
  return new Promise((resolve, reject) => {
    const asked = (secure ? requestHttps : requestHttp)(options);
    asked.once('connect', (answer, socket: Socket, head: Buffer) => {
      const { statusCode = 0 } = answer;
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(new ProxyFault(statusCode));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      socket.setTimeout(0);
      resolve(socket);
    });
    asked.once('timeout', () => asked.destroy(new Error('The proxy did not answer.')));
    asked.once('error', (error) => reject(new ProxyFault(null, error)));
    asked.end();
  });
}
