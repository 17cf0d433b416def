import { Binary, Long } from 'bson';
import type { Document, TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { isDocument, numberOf } from './fields.ts';

/**
 * The retryable commands. A driver that receives no reply sends such a command again with the same transaction
 * number.
 */
const RETRYABLE: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'findAndModify', 'bulkWrite']);

/** The error codes after which a driver can retry a write (retryable writes specification). */
const PASSING: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);

/** The maximum number of stored sessions. A new session replaces the oldest. */
const KEPT = 1000;

interface LastWrite {
  readonly number: bigint;
  readonly reply: Promise<TypedDocument>;
}

/** Runs each retryable write once. A retry gets the reply of the first attempt. */
export class RetriedWrites {
  readonly #last = new Map<string, LastWrite>();

  /**
   * Runs a write. If the write already ran with the same session and transaction number, returns the earlier reply.
   *
   * @param isMember true if the server is in a replica set; a standalone rejects transaction numbers
   * @throws CommandError IllegalOperation, TransactionTooOld, and any error of the write
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
    // A failed write changed nothing, so a retry must run the write again.
    reply.catch(() => this.#last.delete(session));
    return await reply;
  }
}

/** Adds the label RetryableWriteError to a retryable error, if the driver sent a transaction number. */
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
