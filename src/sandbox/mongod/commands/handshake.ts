import type { TypedDocument } from '../bson-codec.ts';
import { MAX_DOCUMENT } from '../bson-codec.ts';
import { isDocument, optionalDocument } from '../fields.ts';
import { MAX_MESSAGE } from '../frames.ts';
import { speculate } from './authentication.ts';
import type { CommandCall, CommandTable } from './command.ts';

/** The names of the hello command. An OP_QUERY message can contain only this command. */
export const HELLO_NAMES: ReadonlySet<string> = new Set(['hello', 'isMaster']);

export const HANDSHAKE_COMMANDS: CommandTable = {
  hello: { access: 'anyone', run: (call) => hello(call, 'isWritablePrimary') },
  isMaster: { access: 'anyone', run: (call) => hello(call, 'ismaster') },
  ping: { access: 'anyone', run: () => ({}) },
  buildInfo: { access: 'anyone', run: buildInfo },
  whatsmyuri: { access: 'anyone', run: ({ session }) => ({ you: session.peer }) },
};

/** Returns the application name from a client's hello, or null if the name is missing or not a string. */
export function applicationOf({ client }: TypedDocument): string | null {
  const application = isDocument(client) ? client['application'] : undefined;
  const name = isDocument(application) ? application['name'] : undefined;
  return typeof name === 'string' ? name : null;
}

/**
 * Returns the reply to hello (facts/mongodb.md 4.2). The reply contains no topologyVersion, because this field makes
 * clients request streaming replies. The reply offers no compression, because compression has no benefit on loopback.
 */
async function hello(
  call: CommandCall,
  primaryField: 'isWritablePrimary' | 'ismaster',
): Promise<TypedDocument> {
  const { body, server, session } = call;
  const speculation = optionalDocument(body, 'speculativeAuthenticate');
  const speculated = speculation === undefined ? null : await speculate(call, speculation);
  return {
    helloOk: true,
    [primaryField]: true,
    ...(server.replicaSet !== null && replicaSetFields(server.replicaSet, server.address)),
    maxBsonObjectSize: MAX_DOCUMENT,
    maxMessageSizeBytes: MAX_MESSAGE,
    maxWriteBatchSize: 100_000,
    localTime: server.now(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: session.connectionId,
    minWireVersion: 0,
    maxWireVersion: server.settings.serverVersion.maxWireVersion,
    readOnly: false,
    ...(speculated !== null && { speculativeAuthenticate: speculated }),
  };
}

/**
 * Returns the fields that a replica set member adds to the reply to hello. This server is the primary and the only
 * member.
 */
function replicaSetFields(setName: string, address: string): TypedDocument {
  return {
    setName,
    setVersion: 1,
    secondary: false,
    hosts: [address],
    primary: address,
    me: address,
  };
}

function buildInfo({ server }: CommandCall): TypedDocument {
  const { version } = server.settings.serverVersion;
  return {
    version,
    versionArray: [...version.split('.').map(Number), 0],
    gitVersion: 'fedctl-lab',
    // The modules of an Enterprise server. Community servers support neither MONGODB-OIDC nor MONGODB-AWS.
    modules: ['enterprise'],
    allocator: 'system',
    javascriptEngine: 'none',
    sysInfo: 'deprecated',
    openssl: {},
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT,
    storageEngines: ['inMemory'],
  };
}
