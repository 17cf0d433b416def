// Preloaded into a process. Appends each host that the process connects to or resolves to the file that
// CONNECTIONS names.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const report = (what) => appendFileSync(process.env.CONNECTIONS, `${what}\n`);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node.js internally passes the arguments as one list.
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof options === 'object' && options !== null && !options.path) {
    report(`${options.host ?? 'localhost'}:${options.port}`);
  } else if (typeof options === 'number') report(`${args[1]}:${options}`);
  return connect.apply(this, args);
};
for (const holder of [dns, dns.promises]) {
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveSrv', 'resolveTxt']) {
    const original = holder[name];
    holder[name] = (host, ...rest) => {
      if (net.isIP(host) === 0) report(`name ${host}`);
      return original.call(holder, host, ...rest);
    };
  }
}
const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (...args) {
  report('a datagram');
  return send.apply(this, args);
};
syncBuiltinESMExports();
