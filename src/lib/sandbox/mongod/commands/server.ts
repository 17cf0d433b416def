import { Long } from 'bson';
import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { CommandCall, CommandTable } from './command.ts';
import { VERSION } from './handshake.ts';

/** Commands about the server and about sessions, which the lab has nothing to do for. */
export const SERVER_COMMANDS: CommandTable = {
  startSession: { access: 'authenticated', run: () => ({ timeoutMinutes: 30 }) },
  refreshSessions: { access: 'authenticated', run: () => ({}) },
  endSessions: { access: 'anyone', run: () => ({}) },
  killSessions: { access: 'authenticated', run: () => ({}) },
  killAllSessions: { access: () => [{ action: 'killAnySession' }], run: () => ({}) },
  getParameter: { access: () => [{ action: 'getParameter' }], run: getParameter },
  getCmdLineOpts: {
    access: () => [{ action: 'getCmdLineOpts' }],
    run: () => ({ argv: ['mongod'], parsed: {} }),
  },
  getLog: { access: () => [{ action: 'getLog' }], run: getLog },
  hostInfo: {
    access: () => [{ action: 'hostInfo' }],
    run: ({ server }) => ({
      system: { currentTime: server.now(), hostname: server.address, cpuAddrSize: 64, numCores: 1 },
      os: { type: '', name: 'fedctl lab', version: '' },
      extra: {},
    }),
  },
  serverStatus: { access: () => [{ action: 'serverStatus' }], run: serverStatus },
};

function getParameter({ body }: CommandCall): TypedDocument {
  const everything = body['getParameter'] === '*';
  if (!everything && !('featureCompatibilityVersion' in body)) {
    throw new CommandError('InvalidOptions', 'no option found to get');
  }
  return { featureCompatibilityVersion: { version: '8.0' } };
}

function getLog({ body }: CommandCall): TypedDocument {
  if (body['getLog'] === '*') return { names: ['global', 'startupWarnings'] };
  if (body['getLog'] !== 'global' && body['getLog'] !== 'startupWarnings') {
    throw new CommandError('InvalidOptions', 'No log of that name');
  }
  return { totalLinesWritten: 0, log: [] };
}

function serverStatus({ server }: CommandCall): TypedDocument {
  const now = server.now();
  const uptime = Math.floor((now.getTime() - server.startedAt.getTime()) / 1000);
  return {
    host: server.address,
    version: VERSION,
    process: 'mongod',
    uptime,
    uptimeMillis: Long.fromNumber(now.getTime() - server.startedAt.getTime()),
    localTime: now,
    storageEngine: { name: 'inMemory', persistent: false },
    ...(server.replicaSet !== null && { repl: { setName: server.replicaSet, isWritablePrimary: true } }),
  };
}
