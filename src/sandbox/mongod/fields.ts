import { Double, Int32, Long } from 'bson';
import type { TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';

/**
 * Returns true for an embedded document. Returns false for all other values, for example for an array, a date or an
 * instance of a BSON class.
 */
export function isDocument(value: unknown): value is TypedDocument {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Returns a required string field. @throws CommandError TypeMismatch, or Location40414 for a missing field */
export function requiredText(body: TypedDocument, name: string): string {
  const value = present(body, name);
  if (typeof value !== 'string') throw wrongType(name, 'string');
  return value;
}

/**
 * Returns an optional document field, or undefined if the field is missing or null.
 *
 * @throws CommandError TypeMismatch
 */
export function optionalDocument(body: TypedDocument, name: string): TypedDocument | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isDocument(value)) throw wrongType(name, 'object');
  return value;
}

/**
 * Returns an optional integer field, or undefined if the field is missing or null. The value must be a safe integer in
 * JavaScript.
 *
 * @throws CommandError TypeMismatch
 */
export function optionalInteger(body: TypedDocument, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const number = numberOf(value);
  if (number === null || !Number.isSafeInteger(number)) throw wrongType(name, 'integer');
  return number;
}

/** Returns the boolean value of a field. As in MongoDB, every number except zero is true. */
export function flag(body: TypedDocument, name: string, otherwise = false): boolean {
  const value = body[name];
  if (value === undefined || value === null) return otherwise;
  return typeof value === 'boolean' ? value : numberOf(value) !== 0;
}

/** Converts a BSON int, long or double to a JavaScript number. Returns null for any other value. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (value instanceof Int32 || value instanceof Double) return value.valueOf();
  return value instanceof Long ? value.toNumber() : null;
}

function present(body: TypedDocument, name: string): unknown {
  const value = body[name];
  if (value === undefined) {
    throw new CommandError('Location40414', `BSON field '${name}' is missing but a required field`);
  }
  return value;
}

function wrongType(name: string, expected: string): CommandError {
  return new CommandError(
    'TypeMismatch',
    `BSON field '${name}' is the wrong type, expected type '${expected}'`,
  );
}
