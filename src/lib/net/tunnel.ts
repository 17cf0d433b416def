import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { bareHost } from '../core/hosts.ts';
import { lookup } from './lookup.ts';
import { ProxyFault } from './proxy-fault.ts';

/**
 * Requests a tunnel from an HTTP proxy (RFC 9110, 9.3.6), without retries. The caller must destroy the
 * socket.
 *
 * @param authority `host:port` of the server behind the proxy
 * @param trust the settings for verifying the certificate of the proxy, if the proxy uses TLS
 * @param signal stops the attempt
 * @throws ProxyFault
 */
export function openTunnel(
  proxy: URL,
  authority: string,
  trust: object,
  signal: AbortSignal,
): Promise<Socket> {
  const secure = proxy.protocol === 'https:';
  const user = decodeURIComponent(proxy.username);
  const password = decodeURIComponent(proxy.password);
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return new Promise((resolve, reject) => {
    const asked = (secure ? requestHttps : requestHttp)({
      ...trust,
      method: 'CONNECT',
      host: bareHost(proxy.hostname),
      port: proxy.port || (secure ? 443 : 80),
      path: authority,
      lookup,
      agent: false,
      signal,
      headers: {
        host: authority,
        ...(user === '' && password === '' ? {} : { 'proxy-authorization': `Basic ${basic}` }),
      },
    });
    asked.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        reject(new ProxyFault(statusCode));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.on('error', (error) => reject(new ProxyFault(null, error)));
    asked.end();
  });
}
