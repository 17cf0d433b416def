import { expect, test } from 'vitest';
import { hostileServer } from '../support/hostile-server.ts';
import { runLab } from '../support/running-lab.ts';
import { socksProxyTo } from '../support/socks-proxy.ts';

// In the bundle the driver requires the package socks as a chunk of its own, which only a proxy needs.

test('the driver of the bundle logs in through a SOCKS5 proxy', async () => {
  const lab = await runLab();
  try {
    const { port } = new URL(lab.env['FEDCTL_URI'] ?? '');
    const toMongod = socksProxyTo(Number(port));
    let connections = 0;
    const proxy = await hostileServer((socket) => {
      connections += 1;
      toMongod(socket);
    });
    await lab.run(['enable', '--quiet']);
    // Port 1 exists only for the proxy, so a direct connection would fail.
    const uri = `mongodb://localhost:1/?proxyHost=127.0.0.1&proxyPort=${proxy.port}`;
    const { code, stderr } = await lab.run(['connect', '--uri', uri, '--mechanism', 'oidc', '--quiet']);
    await proxy.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // One connection of fedctl itself to read hello, and at least one of the driver.
    expect(connections).toBeGreaterThan(1);
  } finally {
    await lab.stop();
  }
});
