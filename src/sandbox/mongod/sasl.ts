import { Binary } from 'bson';
import type { DatabasePrincipal } from '../../lib/trust/relying-party.ts';
import { decodeDocument, encodeDocument, type TypedDocument } from './bson-codec.ts';
import { Refused } from './refused.ts';

/** A successful login. */
export interface Login {
  readonly principal: DatabasePrincipal;
  /** The time when the login expires and the client must authenticate again; null if the login does not expire. */
  readonly expiresAt: Date | null;
  /** Details of the login for the lab's log. */
  readonly evidence: string;
}

/**
 * The result of a SASL step. The step either completes the login, or returns the next step and a payload for the
 * client.
 */
export type SaslStep =
  | { readonly done: true; readonly login: Login }
  | {
      readonly done: false;
      readonly payload: Binary;
      /** Handles the client's next payload. @throws Refused */
      readonly next: (payload: TypedDocument, note: Note) => Promise<SaslStep>;
    };

/** Logs an event that occurs during a login. */
export type Note = (what: string) => void;

/** Starts a SASL conversation with the client's first payload. @throws Refused */
export type SaslMechanism = (payload: TypedDocument, note: Note) => Promise<SaslStep>;

/** Decodes the payload of MONGODB-OIDC or MONGODB-AWS, which is a BSON document. @throws Refused */
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
