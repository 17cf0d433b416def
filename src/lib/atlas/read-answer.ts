import * as z from 'zod';
import { FedctlError } from '../core/errors.ts';
import { type AtlasHttpAnswer, nameOf, notAtlas, quote } from './exchange.ts';

/**
 * Matches `application/json`, or a versioned type such as
 * `application/vnd.atlas.2023-01-01+json;charset=utf-8`.
 */
const JSON_TYPE = /^\s*application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;

/** Returns the JSON object in a response; null if the response contains no JSON object. */
export function jsonOf({ headers, body }: AtlasHttpAnswer): Readonly<Record<string, unknown>> | null {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return null;
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(body)).data ?? null;
  } catch {
    // The parser error is discarded, because it quotes the untrusted body.
    return null;
  }
}

/**
 * Parses a response and validates the type of every field that fedctl uses.
 *
 * @throws FedctlError atlas.not-atlas, atlas.answer-unreadable
 */
export function readAnswer<T>(answer: AtlasHttpAnswer, shape: z.ZodType<T>): T {
  const document = jsonOf(answer);
  if (document === null) throw notJson(answer);
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  const { field, problem } = fieldOf(read.error);
  throw new FedctlError('atlas.answer-unreadable', {
    message: `${nameOf(answer.request)} ${field === '' ? 'returned an invalid response' : `returned an invalid field: ${field}`} (${problem}).`,
    details: { url: answer.request.url.href, field, problem },
  });
}

/**
 * Returns the problem and the path of the invalid field. The path contains only names from the schema. The
 * zod message is not used, because this message can contain the value.
 */
export function fieldOf({ issues: [issue] }: z.ZodError): {
  readonly field: string;
  readonly problem: string;
} {
  return { field: issue?.path.join('.') ?? '', problem: issue?.code ?? 'unknown' };
}

export function notJson({ request, status, headers }: AtlasHttpAnswer): FedctlError {
  const type = headers['content-type'] ?? null;
  const seen = type === null ? 'no content type' : `content type ${quote(request, type)}`;
  return notAtlas(request, `returned HTTP ${status} with a body that is not a JSON object (${seen})`, status);
}
