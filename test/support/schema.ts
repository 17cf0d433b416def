import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ allErrors: true, strict: true });
addFormats.default(ajv);

/**
 * Returns the errors of `document` against `schemas/<name>.v1.json`, or an empty list. The published schemas allow
 * unknown members, so that a release can add members. Here, an undescribed member is an error.
 */
export function schemaFaults(name: string, document: unknown): string[] {
  const id = `${name}.v1.json`;
  const schema: unknown = JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.v1.json`, import.meta.url), 'utf8'),
  );
  const validate = ajv.getSchema(id) ?? ajv.compile(strict(schema) as object);
  if (validate(document)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

/** Returns a copy of the schema that allows only described members. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  const closed = 'properties' in inner && inner['type'] !== undefined && !('additionalProperties' in inner);
  return closed ? { ...inner, additionalProperties: false } : inner;
}
