import type { TypedDocument } from './bson-codec.ts';
import { CommandError, nameOfCode } from './command-error.ts';
import { flag, isDocument, optionalDocument, optionalInteger } from './fields.ts';

/** What `failCommand` does to a command that it meets, in the order of the fields. */
export interface CommandFault {
  /** Waits for this long first, in milliseconds; 0 for not at all. */
  readonly blockMs: number;
  readonly closeConnection: boolean;
  /** Answered in place of running the command; null to let it run. */
  readonly reply: TypedDocument | null;
  /** Added to the reply of the command, which runs. */
  readonly writeConcernError: TypedDocument | null;
  /** The labels of the reply; null where the server chooses them. */
  readonly errorLabels: readonly string[] | null;
}

interface FailCommand {
  readonly commands: ReadonlySet<string>;
  readonly appName: string | null;
  /** Only commands on this collection fail; null for all. */
  readonly namespace: string | null;
  readonly fault: CommandFault;
  /** How many commands pass before the first one fails. */
  skip: number;
  /** How many more commands fail. */
  times: number;
}

/** The longest that a fail point may hold a command up, in milliseconds. */
const MAX_BLOCK = 600_000;

/**
 * The fail point `failCommand`, as the tests of drivers switch it (facts/mongodb.md 3.2). Others are unknown here. It
 * meets commands as they arrive: a login inside hello is no command, so a fail point on saslStart does not see it.
 */
export class FailPoints {
  #active: FailCommand | null = null;
  #entered = 0;

  /**
   * Runs `configureFailPoint`.
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

  /** What is to happen to this command; null when nothing is. */
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
  if (!isListOfTexts(commands)) throw new CommandError('BadValue', 'failCommands is no list of names');
  const { appName, namespace, errorLabels } = data;
  const blockMs = flag(data, 'blockConnection') ? (optionalInteger(data, 'blockTimeMS') ?? 0) : 0;
  if (blockMs < 0 || blockMs > MAX_BLOCK) {
    throw new CommandError('BadValue', `blockTimeMS must lie between 0 and ${MAX_BLOCK}`);
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
  throw new CommandError('BadValue', 'the mode is "off", "alwaysOn", {times: n} or {skip: n}');
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
