import { Binary } from 'bson';
import type { DatabasePrincipal } from '../../lib/trust/relying-party.ts';
import { decodeDocument, encodeDocument, type TypedDocument } from './bson-codec.ts';
import { Refused } from './refused.ts';

/** Somebody who was let in. */
export interface Login {
  readonly principal: DatabasePrincipal;
  /** When the session wants another login; null where it never does. */
  readonly expiresAt: Date | null;
  /** For the log. */
  readonly evidence: string;
}

/** What a step of a SASL conversation leads to: the end, or something to send and a next step. */
export type SaslStep =
  | { readonly done: true; readonly login: Login }
  | {
      readonly done: false;
      readonly payload: Binary;
      /** @throws Refused */
      readonly next: (payload: TypedDocument, note: Note) => Promise<SaslStep>;
    };

/** Writes what happened to the log, before the decision. */
export type Note = (what: string) => void;

/** A mechanism: takes the client's first payload. @throws Refused */
export type SaslMechanism = (payload: TypedDocument, note: Note) => Promise<SaslStep>;

/** Both mechanisms wrap BSON documents in the binary payload. @throws Refused */
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
