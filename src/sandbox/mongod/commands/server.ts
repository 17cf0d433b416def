import { randomUUID } from 'node:crypto';
import { Long, UUID } from 'bson';
import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { CommandCall, CommandTable } from './command.ts';

/** The commands for the server and for logical sessions. The lab stores no state for logical sessions. */
export const SERVER_COMMANDS: CommandTable = {
  startSession: {
    access: 'authenticated',
    run: () => ({ id: { id: new UUID(randomUUID()) }, timeoutMinutes: 30 }),
  },
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
  // mongod supports this command if test commands are enabled. The command requires no authentication, because a client
  // must be able to disable a fail point that prevents logins.
  configureFailPoint: {
    access: 'anyone',
    run: ({ body, database, server }) => {
      if (database !== 'admin') {
        throw new CommandError(
          'Unauthorized',
          'configureFailPoint may only be run against the admin database.',
        );
      }
      return server.failPoints.configure(body);
    },
  },
};

function getParameter({ body, server }: CommandCall): TypedDocument {
  const everything = body['getParameter'] === '*';
  if (!everything && !('featureCompatibilityVersion' in body)) {
    throw new CommandError('InvalidOptions', 'no option found to get');
  }
  const [major, minor] = server.settings.serverVersion.version.split('.');
  return { featureCompatibilityVersion: { version: `${major}.${minor}` } };
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
    version: server.settings.serverVersion.version,
    process: 'mongod',
    uptime,
    uptimeMillis: Long.fromNumber(now.getTime() - server.startedAt.getTime()),
    localTime: now,
    storageEngine: { name: 'inMemory', persistent: false },
    ...(server.replicaSet !== null && { repl: { setName: server.replicaSet, isWritablePrimary: true } }),
  };
}
