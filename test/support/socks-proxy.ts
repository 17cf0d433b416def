import { connect } from 'node:net';
import type { Behavior } from './hostile-server.ts';

/** Behaves as a SOCKS5 proxy that connects every client to one port of this machine. */
export function socksProxyTo(port: number): Behavior {
  return (socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => {
        const onward = connect(port, '127.0.0.1').on('error', () => socket.destroy());
        socket.on('close', () => onward.destroy());
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
        socket.pipe(onward).pipe(socket);
      });
    });
  };
}
