import { connect, createServer } from 'node:net';

/**
 * Starts a proxy to a server that adds a round-trip time: half of the time in each direction.
 *
 * @param {string} address URL or connection string of the server
 * @param {number} roundTripMs
 * @returns {Promise<{ url: string, close: () => void }>} the same address through the proxy
 */
export async function delayed(address, roundTripMs) {
  const [, authority = ''] = /^[a-z]+:\/\/([^/?]+)/.exec(address) ?? [];
  const [host, port] = authority.split(':');
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const carry = (from, to) => {
      from.on('data', (chunk) => setTimeout(() => to.write(chunk), roundTripMs / 2));
      from.on('end', () => setTimeout(() => to.end(), roundTripMs / 2));
      from.on('error', () => to.destroy());
    };
    carry(client, upstream);
    carry(upstream, client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `127.0.0.1:${server.address().port}`;
  return { url: address.replace(authority, own), close: () => server.close() };
}
