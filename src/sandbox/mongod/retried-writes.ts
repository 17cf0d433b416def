import { Binary, Long } from 'bson';
import type { Document, TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { isDocument, numberOf } from './fields.ts';

/**
 * The commands that a driver can retry. If the driver receives no reply, it sends the command again with the same
 * transaction number.
 */
const RETRYABLE: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'findAndModify', 'bulkWrite']);

/** The error codes after which a driver can retry a write, as in the Retryable Writes specification of the drivers. */
const PASSING: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);

/** The maximum number of stored replies. If the limit is exceeded, the oldest reply is removed. */
const KEPT = 1000;

interface LastWrite {
  readonly number: bigint;
  readonly reply: Promise<TypedDocument>;
}

/** Prevents a retry from repeating a successful write. The retry receives the reply to the first attempt. */
export class RetriedWrites {
  readonly #last = new Map<string, LastWrite>();

  /**
   * Runs a write. If a write with the same session ID and the same transaction number already ran, returns the
   * earlier reply.
   *
   * @param isMember true if the server is in a replica set; a standalone server rejects transaction numbers
   * @throws CommandError IllegalOperation, InvalidOptions, TransactionTooOld; any error that the write throws
   */
  async once(
    name: string,
    command: Document,
    isMember: boolean,
    write: () => Promise<TypedDocument>,
  ): Promise<TypedDocument> {
    const number = transactionNumber(name, command);
    if (number === null) return await write();
    if (!isMember) {
      throw new CommandError(
        'IllegalOperation',
        'Transaction numbers are only allowed on a replica set member or mongos',
      );
    }
    const session = sessionId(command);
    if (session === null) throw new CommandError('InvalidOptions', 'txnNumber is sent without lsid');
    const last = this.#last.get(session);
    if (last?.number === number) return await last.reply;
    if (last !== undefined && last.number > number) {
      throw new CommandError(
        'TransactionTooOld',
        `Retryable write with txnNumber ${number} is prohibited on a session that has already started ${last.number}`,
      );
    }
    const reply = write();
    this.#last.delete(session);
    this.#last.set(session, { number, reply });
    const [oldest] = this.#last.keys();
    if (this.#last.size > KEPT && oldest !== undefined) this.#last.delete(oldest);
    // A failed write has changed nothing. A retry must therefore run the write again.
    reply.catch(() => this.#last.delete(session));
    return await reply;
  }
}

/**
 * Adds the label RetryableWriteError to the reply if the error is retryable and the driver sent a transaction number.
 */
export function withRetryLabel(name: string, command: Document, reply: TypedDocument): TypedDocument {
  if ('errorLabels' in reply || transactionNumber(name, command) === null) return reply;
  const { writeConcernError } = reply;
  const failed = reply['ok'] === 1 ? writeConcernError : reply;
  const code = isDocument(failed) ? numberOf(failed['code']) : null;
  return code !== null && PASSING.has(code) ? { ...reply, errorLabels: ['RetryableWriteError'] } : reply;
}

function transactionNumber(name: string, command: Document): bigint | null {
  if (!RETRYABLE.has(name)) return null;
  const value = command.get('txnNumber');
  if (value instanceof Long) return value.toBigInt();
  const number = numberOf(value);
  return number === null ? null : BigInt(number);
}

function sessionId(command: Document): string | null {
  const lsid = command.get('lsid');
  const id: unknown = lsid instanceof Map ? lsid.get('id') : undefined;
  return id instanceof Binary ? id.toString('hex') : null;
}
