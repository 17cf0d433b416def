import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ allErrors: true, strict: true });
addFormats.default(ajv);

/** What keeps `document` from fitting `schemas/<name>.v1.json`, or an empty list. */
export function schemaFaults(name: string, document: unknown): string[] {
  const schema: unknown = JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.v1.json`, import.meta.url), 'utf8'),
  );
  const validate =
    ajv.getSchema(`https://fedctl.dev/schemas/${name}.v1.json`) ?? ajv.compile(schema as object);
  if (validate(document)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}
