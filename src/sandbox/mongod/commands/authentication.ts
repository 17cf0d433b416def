import { Binary } from 'bson';
import type { GrantedRole } from '../../../lib/trust/relying-party.ts';
import { EXTERNAL } from '../../../lib/trust/relying-party.ts';
import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { numberOf, requiredText } from '../fields.ts';
import { privilegesOf } from '../privileges.ts';
import { Refused } from '../refused.ts';
import { type Note, readPayload, type SaslStep } from '../sasl.ts';
import type { AuthError } from '../settings.ts';
import type { CommandCall, CommandTable } from './command.ts';

/** The ID of a SASL conversation. The ID is constant because a connection has at most one conversation at a time. */
const CONVERSATION = 1;

export const AUTHENTICATION_COMMANDS: CommandTable = {
  saslStart: { access: 'anyone', run: (call) => start(call, call.body, call.database) },
  saslContinue: { access: 'anyone', run: advance },
  authenticate: { access: 'anyone', run: authenticate },
  logout: {
    access: 'anyone',
    run: ({ session }) => {
      session.login = null;
      return {};
    },
  },
  connectionStatus: { access: 'anyone', run: connectionStatus },
};

/**
 * Starts the login of a client that uses speculative authentication. The hello command of such a client already
 * contains the first message of the login (facts/mongodb.md 1.1). Returns null if the login fails.
 */
export async function speculate(call: CommandCall, request: TypedDocument): Promise<TypedDocument | null> {
  // The server rejects every login with a password. The client attempts the login in hello, and then again with
  // saslStart. The server logs only the second attempt, so that the access history contains the login once.
  if (OF_PASSWORDS.has(String(request['mechanism']))) return null;
  try {
    return await start(call, request, typeof request['db'] === 'string' ? request['db'] : '');
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

async function start(call: CommandCall, request: TypedDocument, database: string): Promise<TypedDocument> {
  const name = requiredText(request, 'mechanism');
  const { session, server } = call;
  session.conversation = null;
  if (OF_PASSWORDS.has(name)) {
    return await take(call, name, async () => refusePassword(request['payload'], database));
  }
  const isOn = server.settings.mechanisms.includes(name);
  const mechanism = isOn ? server.mechanisms.get(name) : undefined;
  if (mechanism === undefined) {
    throw new CommandError(
      'MechanismUnavailable',
      `Received authentication for mechanism ${name} which is unknown or not enabled`,
    );
  }
  return await take(call, name, async (note) => {
    if (database !== EXTERNAL)
      throw new Refused(`the authentication database is "${database}" instead of "${EXTERNAL}"`);
    return await mechanism(readPayload(request['payload']), note);
  });
}

/**
 * The password mechanisms. The lab rejects every login with these mechanisms, because its database users have no
 * passwords (facts/mongodb.md 1.2).
 */
const OF_PASSWORDS: ReadonlySet<string> = new Set(['SCRAM-SHA-1', 'SCRAM-SHA-256']);

/** Rejects a login with a password. @throws Refused */
function refusePassword(payload: unknown, database: string): never {
  // The first SCRAM message contains a channel binding header, followed by the attributes (RFC 5802, section 7).
  const text = payload instanceof Binary ? Buffer.from(payload.value()).toString() : '';
  const name = /(?:^|,)n=([^,]*)/.exec(text)?.[1]?.replaceAll('=2C', ',').replaceAll('=3D', '=') ?? null;
  if (name === null) throw new Refused('the payload is not a SCRAM client-first message');
  throw new Refused(
    `the database ${database} has no user "${name}", and the users of the lab have no passwords`,
    name,
    `UserNotFound: Could not find user "${name}" for db "${database}"`,
  );
}

/** Rejects a login with a client certificate (X.509). The lab does not request client certificates. */
async function authenticate(call: CommandCall): Promise<TypedDocument> {
  const name = requiredText(call.body, 'mechanism');
  if (name !== 'MONGODB-X509') {
    throw new CommandError('BadValue', `Unsupported mechanism: ${name}`);
  }
  const { user } = call.body;
  return await take(call, name, async () => {
    throw new Refused(
      'the client sent no certificate',
      typeof user === 'string' ? user : null,
      'AuthenticationFailed: There is no x.509 client certificate matching the user.',
    );
  });
}

async function advance(call: CommandCall): Promise<TypedDocument> {
  const { conversation } = call.session;
  if (conversation === null) throw new CommandError('ProtocolError', 'No SASL session state found');
  call.session.conversation = null;
  if (numberOf(call.body['conversationId']) !== conversation.id) {
    throw new CommandError('ProtocolError', 'sasl: Mismatched conversation id');
  }
  return await take(call, conversation.mechanism, async (note) => {
    if (call.database !== EXTERNAL)
      throw new Refused(`the authentication database is "${call.database}" instead of "${EXTERNAL}"`);
    return await conversation.next(readPayload(call.body['payload']), note);
  });
}

/**
 * Runs one step of a SASL conversation. The server logs the reason for a rejected login, but never sends the reason to
 * the client.
 */
async function take(
  call: CommandCall,
  mechanism: string,
  step: (note: Note) => Promise<SaslStep>,
): Promise<TypedDocument> {
  const { session } = call;
  const log = (decision: 'allowed' | 'refused' | 'info', principal: string | null, reason: string): void =>
    call.server.log.add({
      hop: 'mongod',
      action: `${call.name} ${mechanism}`,
      principal,
      decision,
      reason,
    });
  const ended = (username: string | null, failureReason: string | null): void =>
    call.server.onLogin({
      mechanism,
      username,
      ipAddress: session.ipAddress,
      accepted: failureReason === null,
      failureReason,
    });
  let result: SaslStep;
  try {
    result = await step((what) => log('info', null, what));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    log('refused', error.principal, error.message);
    ended(error.principal, error.serverText);
    throw loginRefused(call.server.settings.authError);
  }
  if (!result.done) {
    session.conversation = { id: CONVERSATION, mechanism, next: result.next };
    return { conversationId: CONVERSATION, done: false, payload: result.payload };
  }
  session.login = result.login;
  const { principal, evidence } = result.login;
  ended(principal.username, null);
  log('allowed', principal.username, `${evidence}; roles ${rolesText(principal.roles)}`);
  return { conversationId: CONVERSATION, done: true, payload: new Binary(new Uint8Array(0)) };
}

/** Returns the error for a rejected login (facts/mongodb.md 1.2). */
function loginRefused(authError: AuthError): CommandError {
  return authError === 'atlas'
    ? new CommandError('AtlasError', 'bad auth : Authentication failed.')
    : new CommandError('AuthenticationFailed', 'Authentication failed.');
}

function rolesText(roles: readonly GrantedRole[]): string {
  return roles.length === 0 ? 'none' : roles.map(({ role, db }) => `${role}@${db}`).join(', ');
}

function connectionStatus({ body, session, server }: CommandCall): TypedDocument {
  const login = session.isExpired(server.now()) ? null : session.login;
  const roles = login?.principal.roles ?? [];
  return {
    authInfo: {
      authenticatedUsers: login === null ? [] : [{ user: login.principal.username, db: EXTERNAL }],
      authenticatedUserRoles: roles.map(({ role, db }) => ({ role, db })),
      ...(body['showPrivileges'] === true && { authenticatedUserPrivileges: privilegesOf(roles) }),
    },
  };
}
