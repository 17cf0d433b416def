import { Binary } from 'bson';
import type { DatabasePrincipal } from '../../lib/trust/relying-party.ts';
import { decodeDocument, encodeDocument, type TypedDocument } from './bson-codec.ts';
import { Refused } from './refused.ts';

/** An authenticated user. */
export interface Login {
  readonly principal: DatabasePrincipal;
  /** The time at which the session requires re-authentication; null for never. */
  readonly expiresAt: Date | null;
  /** Details for the log. */
  readonly evidence: string;
}

/** The result of a SASL step: the end of the conversation, or a payload to send and the next step. */
export type SaslStep =
  | { readonly done: true; readonly login: Login }
  | {
      readonly done: false;
      readonly payload: Binary;
      /** @throws Refused */
      readonly next: (payload: TypedDocument, note: Note) => Promise<SaslStep>;
    };

/** Logs an event before the login is accepted or rejected. */
export type Note = (what: string) => void;

/** Starts the conversation of a mechanism with the client's first payload. @throws Refused */
export type SaslMechanism = (payload: TypedDocument, note: Note) => Promise<SaslStep>;

/** Decodes a payload. Both mechanisms send BSON documents in the binary payload. @throws Refused */
export function readPayload(payload: unknown): TypedDocument {
  if (!(payload instanceof Binary)) throw new Refused('the payload is not binary');
  try {
    return decodeDocument(payload.value());
  } catch {
    throw new Refused('the payload is not a BSON document');
  }
}

export function writePayload(document: TypedDocument): Binary {
  return new Binary(encodeDocument(document));
}
