import { Binary } from 'bson';
import type { GrantedRole } from '../../../lib/trust/relying-party.ts';
import { EXTERNAL } from '../../../lib/trust/relying-party.ts';
import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { numberOf, requiredText } from '../fields.ts';
import { privilegesOf } from '../privileges.ts';
import { Refused } from '../refused.ts';
import { readPayload, type SaslStep } from '../sasl.ts';
import type { AuthError } from '../settings.ts';
import type { CommandCall, CommandTable } from './command.ts';

/** One conversation at a time, so one number does. */
const CONVERSATION = 1;

export const AUTHENTICATION_COMMANDS: CommandTable = {
  saslStart: { access: 'anyone', run: (call) => start(call, call.body, call.database) },
  saslContinue: { access: 'anyone', run: advance },
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
 * What a hello carries for a client that is in a hurry: the first message of a login. Null, and no error, when it fails
 * or needs a second message (facts/mongodb.md 1.1).
 */
export async function speculate(call: CommandCall, request: TypedDocument): Promise<TypedDocument | null> {
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
  const isOn = server.settings.mechanisms.includes(name);
  const mechanism = isOn ? server.mechanisms.get(name) : undefined;
  if (mechanism === undefined) {
    throw new CommandError(
      'MechanismUnavailable',
      `Received authentication for mechanism ${name} which is unknown or not enabled`,
    );
  }
  return await take(call, name, async () => {
    if (database !== EXTERNAL) throw new Refused(`the database is "${database}" instead of "${EXTERNAL}"`);
    return await mechanism(readPayload(request['payload']));
  });
}

async function advance(call: CommandCall): Promise<TypedDocument> {
  const { conversation } = call.session;
  if (conversation === null) throw new CommandError('ProtocolError', 'No SASL session state found');
  call.session.conversation = null;
  if (numberOf(call.body['conversationId']) !== conversation.id) {
    throw new CommandError('ProtocolError', 'sasl: Mismatched conversation id');
  }
  return await take(call, conversation.mechanism, async () => {
    if (call.database !== EXTERNAL)
      throw new Refused(`the database is "${call.database}" instead of "${EXTERNAL}"`);
    return await conversation.next(readPayload(call.body['payload']));
  });
}

/** Takes one step and answers it. The log gets the reason of a refusal, the wire never. */
async function take(
  call: CommandCall,
  mechanism: string,
  step: () => Promise<SaslStep>,
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
    result = await step();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    log('refused', error.principal, error.message);
    ended(error.principal, error.serverText);
    throw loginRefused(call.server.settings.authError);
  }
  if (!result.done) {
    session.conversation = { id: CONVERSATION, mechanism, next: result.next };
    log('info', null, result.evidence);
    return { conversationId: CONVERSATION, done: false, payload: result.payload };
  }
  session.login = result.login;
  const { principal, evidence } = result.login;
  ended(principal.username, null);
  log('allowed', principal.username, `${evidence}; roles ${rolesText(principal.roles)}`);
  return { conversationId: CONVERSATION, done: true, payload: new Binary(new Uint8Array(0)) };
}

/** All that the wire says of a refused login (facts/mongodb.md 1.2). */
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
