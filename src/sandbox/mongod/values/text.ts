import { Binary, type Double } from 'bson';
import type { Document } from '../bson-codec.ts';
import { tagged } from './types.ts';

/** Formats a value in the style of MongoDB's error messages, for example `{ name: "x", n: 1.0 }`. */
export function textOf(value: unknown): string {
  const { type, value: known } = tagged(value);
  switch (type) {
    case 'objectId':
      return `ObjectId('${known.toHexString()}')`;
    case 'binData':
      return known.sub_type === Binary.SUBTYPE_UUID
        ? `UUID("${known.toUUID().toHexString()}")`
        : `BinData(${known.sub_type}, ${known.toString('hex').toUpperCase()})`;
    case 'date':
      return `new Date(${known.getTime()})`;
    case 'timestamp':
      return `Timestamp(${known.getHighBits() >>> 0}, ${known.getLowBits() >>> 0})`;
    case 'regex':
      return `/${known.pattern}/${known.options}`;
    case 'javascript':
      return known.code;
    case 'array':
      return known.length === 0 ? '[]' : `[ ${known.map(textOf).join(', ')} ]`;
    case 'object':
      return documentText(known);
    case 'double':
      return doubleText(known);
    case 'string':
      return JSON.stringify(known);
    case 'minKey':
      return 'MinKey';
    case 'maxKey':
      return 'MaxKey';
    case 'decimal':
      return `NumberDecimal("${known.toString()}")`;
    default:
      return String(known);
  }
}

function documentText(document: Document): string {
  const fields = [...document].map(([name, member]) => `${name}: ${textOf(member)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function doubleText(value: Double): string {
  const number = value.valueOf();
  return Number.isInteger(number) && Math.abs(number) < 1e15 ? number.toFixed(1) : String(number);
}
