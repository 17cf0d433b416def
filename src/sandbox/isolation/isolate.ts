import type { Socket as DatagramSocket } from 'node:dgram';
import { stat } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../lib/core/context.ts';
import { type Address, type CommandNetwork, LINK_LOCAL } from './command-network.ts';
import { endOf, Keeper } from './keeper.ts';
import { isolationFailure, unsupportedSystem } from './unavailable.ts';

/** The Linux namespaces of an isolated command. */
export interface Isolation extends CommandNetwork {
  /**
   * Returns the command line that runs a program in the namespaces. The program has the user ID of this
   * process and no capabilities.
   */
  enter(program: string, args: readonly string[]): CommandLine;
  /**
   * Ends the process that keeps the namespaces open. The namespaces continue to exist while other processes run
   * in them.
   */
  close(): Promise<void>;
}

interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * A shell script that sets up the namespaces. It runs as the root user of the namespaces. The configuration
 * files are in a tmpfs that exists only in the namespaces, so no files remain after the namespaces end.
 * nss-resolve and nscd are disabled, because they use Unix sockets to query services of the host.
 */
const SET_UP = `set -e
ip link set lo up
for address in ${Object.values(LINK_LOCAL).join(' ')}; do ip address add "$address/32" dev lo; done
mount -t tmpfs none /sys
echo 'nameserver 127.0.0.1' >/sys/resolv.conf
if [ -e /etc/resolv.conf ]; then mount --bind /sys/resolv.conf /etc/resolv.conf; fi
if [ -e /etc/nsswitch.conf ]; then
  sed 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf >/sys/nsswitch.conf
  mount --bind /sys/nsswitch.conf /etc/nsswitch.conf
fi
umount /sys
if [ -d /var/run/nscd ]; then mount -t tmpfs none /var/run/nscd; fi
exec "$@"`;

/** The directories of system programs. The PATH of some users does not contain these directories. */
const SYSTEM_DIRECTORIES = '/usr/sbin:/sbin';

const DNS_PORT = 53;

/**
 * Creates network and mount namespaces for a command. The only network interface is loopback. This interface
 * also has the link-local addresses of AWS platforms. Programs in the namespaces send DNS queries to port 53
 * of this interface. Runs a program in the namespaces to find out whether the system allows these namespaces.
 *
 * @throws FedctlError lab.isolation-unsupported, lab.isolation-program-missing, lab.isolation-refused
 */
export async function isolate(context: Context): Promise<Isolation> {
  const { self, env, spawn, signal } = context;
  const system = platform();
  if (system !== 'linux') throw unsupportedSystem(system);
  const { uid, gid } = await stat('/proc/self');
  const [node = '', ...script] = self;
  const keeperScript = join(dirname(script.at(-1) ?? ''), 'isolated.js');
  const asRoot = ['--user', '--map-root-user', '--net', '--mount'];
  const keeper = new Keeper(
    spawn('unshare', [...asRoot, 'sh', '-c', SET_UP, 'sh', node, keeperScript], {
      env: { PATH: `${env['PATH'] ?? ''}:${SYSTEM_DIRECTORIES}`, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Ctrl-C on a terminal must end the command, but not the process that keeps the namespaces open.
      detached: true,
    }),
    (end) => isolationFailure('unshare', end),
  );
  const enter = (program: string, args: readonly string[]): CommandLine => ({
    command: 'nsenter',
    args: [
      ...[`--target=${keeper.pid}`, '--user', '--preserve-credentials', '--net', '--mount'],
      ...['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, `--wd=${context.cwd}`, '--'],
      ...[program, ...args],
    ],
  });
  const stop = () => void keeper.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await keeper.ready;
    const { command, args } = enter('true', []);
    const trial = spawn(command, args, {
      env: { PATH: env['PATH'] ?? '', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const end = await endOf(trial);
    if (end.code !== 0) throw await isolationFailure(command, end);
  } catch (error) {
    await keeper.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return { ...networkOf(keeper), enter, close: () => keeper.close() };
}

function networkOf(keeper: Keeper): CommandNetwork {
  return {
    async admit(server, alsoAt) {
      const own = addressOf(server);
      for (const address of alsoAt === undefined ? [own] : [own, alsoAt]) {
        const door = (await keeper.ask({ kind: 'tcp', ...address })) as Server;
        door.on('connection', (socket) => {
          socket.setNoDelay(true);
          server.emit('connection', socket);
        });
        // An error event means that a connection was lost. The event is ignored, because it does not affect
        // later connections.
        door.on('error', () => {});
        server.once('close', () => door.close());
      }
    },
    async resolveBy(dns) {
      const [host = '', port = ''] = dns.address.split(':');
      for (const each of [Number(port), DNS_PORT]) {
        dns.serve((await keeper.ask({ kind: 'udp', host, port: each })) as DatagramSocket);
      }
    },
    async runWorker(source, port) {
      await keeper.ask({ kind: 'worker', host: '127.0.0.1', port, source });
    },
  };
}

function addressOf(server: Server): Address {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}
