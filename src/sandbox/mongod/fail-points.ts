import type { TypedDocument } from './bson-codec.ts';
import { CommandError, nameOfCode } from './command-error.ts';
import { flag, isDocument, optionalDocument, optionalInteger } from './fields.ts';

/** The effects of the fail point `failCommand` on a command. The fields are in the order in which the effects occur. */
export interface CommandFault {
  /** The delay in milliseconds before the command runs; 0 for no delay. */
  readonly blockMs: number;
  readonly closeConnection: boolean;
  /** The error reply, which the server returns without running the command; null to run the command. */
  readonly reply: TypedDocument | null;
  /** The write concern error, which the server adds to the reply; null to add no error. */
  readonly writeConcernError: TypedDocument | null;
  /** The error labels of the reply; null if the fail point specifies no error labels. */
  readonly errorLabels: readonly string[] | null;
}

interface FailCommand {
  readonly commands: ReadonlySet<string>;
  readonly appName: string | null;
  /** The namespace to which the fail point applies; null if it applies to all namespaces. */
  readonly namespace: string | null;
  readonly fault: CommandFault;
  /** The number of matching commands that run normally before the fail point applies. */
  skip: number;
  /** The number of matching commands to which the fail point still applies. */
  times: number;
}

/** The maximum delay of a command in milliseconds. */
const MAX_BLOCK = 600_000;

/**
 * The fail point `failCommand`, which driver tests configure (facts/mongodb.md 3.2). The lab supports no other fail
 * points. The fail point applies only to commands that a client sends as separate messages. A fail point for saslStart
 * therefore does not affect speculative authentication, which is part of hello.
 */
export class FailPoints {
  #active: FailCommand | null = null;
  #entered = 0;

  /**
   * Configures the fail point. Returns the number of commands that the previous fail point affected.
   *
   * @throws CommandError FailPointSetFailed, BadValue, TypeMismatch
   */
  configure(body: TypedDocument): TypedDocument {
    if (body['configureFailPoint'] !== 'failCommand') {
      throw new CommandError('FailPointSetFailed', `${String(body['configureFailPoint'])} not found`);
    }
    const count = this.#entered;
    this.#active = readFailCommand(body);
    this.#entered = 0;
    return { count };
  }

  /** Returns the effects of the fail point on a command, or null if the fail point does not apply to the command. */
  meet(command: string, appName: string | null, namespace: string | null): CommandFault | null {
    const active = this.#active;
    if (active === null || !active.commands.has(command)) return null;
    if (active.appName !== null && active.appName !== appName) return null;
    if (active.namespace !== null && active.namespace !== namespace) return null;
    if (active.skip > 0) {
      active.skip -= 1;
      return null;
    }
    active.times -= 1;
    if (active.times <= 0) this.#active = null;
    this.#entered += 1;
    return active.fault;
  }
}

function readFailCommand(body: TypedDocument): FailCommand | null {
  const { skip, times } = readMode(body['mode']);
  if (times === 0) return null;
  const data = optionalDocument(body, 'data') ?? {};
  const commands = data['failCommands'];
  if (!isListOfTexts(commands))
    throw new CommandError('BadValue', 'failCommands must be an array of command names');
  const { appName, namespace, errorLabels } = data;
  const blockMs = flag(data, 'blockConnection') ? (optionalInteger(data, 'blockTimeMS') ?? 0) : 0;
  if (blockMs < 0 || blockMs > MAX_BLOCK) {
    throw new CommandError('BadValue', `blockTimeMS must be between 0 and ${MAX_BLOCK}`);
  }
  return {
    commands: new Set(commands),
    appName: typeof appName === 'string' ? appName : null,
    namespace: typeof namespace === 'string' ? namespace : null,
    fault: {
      blockMs,
      closeConnection: flag(data, 'closeConnection'),
      reply: errorReply(optionalInteger(data, 'errorCode') ?? 0),
      writeConcernError: optionalDocument(data, 'writeConcernError') ?? null,
      errorLabels: isListOfTexts(errorLabels) ? errorLabels : null,
    },
    skip,
    times,
  };
}

function readMode(mode: unknown): { readonly skip: number; readonly times: number } {
  if (mode === 'off') return { skip: 0, times: 0 };
  if (mode === 'alwaysOn') return { skip: 0, times: Number.POSITIVE_INFINITY };
  if (isDocument(mode)) {
    const times = optionalInteger(mode, 'times');
    if (times !== undefined && times >= 0) return { skip: 0, times };
    const skip = optionalInteger(mode, 'skip');
    if (skip !== undefined && skip >= 0) return { skip, times: Number.POSITIVE_INFINITY };
  }
  throw new CommandError('BadValue', 'mode must be "off", "alwaysOn", {times: n} or {skip: n}');
}

function errorReply(code: number): TypedDocument | null {
  if (code === 0) return null;
  return {
    ok: 0,
    errmsg: "Failing command via 'failCommand' failpoint",
    code,
    codeName: nameOfCode(code),
  };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
