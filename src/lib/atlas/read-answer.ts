import * as z from 'zod';
import { FedctlError } from '../core/errors.ts';
import { type HttpAnswer, nameOf, notAtlas, quote } from './exchange.ts';

/** `application/json`, or a version of it: `application/vnd.atlas.2023-01-01+json;charset=utf-8`. */
const JSON_TYPE = /^\s*application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;

/** The JSON object that an answer holds; null for anything else. */
export function jsonOf({ headers, body }: HttpAnswer): Readonly<Record<string, unknown>> | null {
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return null;
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(body)).data ?? null;
  } catch {
    // The error would quote the body, which anybody may have written.
    return null;
  }
}

/**
 * What an answer says, once every field that is used was seen to be of its kind.
 *
 * @throws FedctlError atlas.not-atlas, atlas.answer-unreadable
 */
export function readAnswer<T>(answer: HttpAnswer, shape: z.ZodType<T>): T {
  const document = jsonOf(answer);
  if (document === null) throw notJson(answer);
  const read = shape.safeParse(document);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  // The issue's own text would repeat what is expected, never what came; the path is made of names that we know.
  const where = issue?.path.join('.') ?? '';
  throw new FedctlError('atlas.answer-unreadable', {
    message: `${nameOf(answer.request)} answered with a field that fedctl cannot read: ${where === '' ? 'the whole' : where} (${issue?.code ?? 'unknown'}).`,
    details: { url: answer.request.url.href, field: where, problem: issue?.code ?? null },
  });
}

export function notJson({ request, status, headers }: HttpAnswer): FedctlError {
  const type = headers['content-type'] ?? null;
  const seen = type === null ? 'no content type' : `content type ${quote(request, type)}`;
  return notAtlas(request, `answered HTTP ${status} with a body that is no JSON object (${seen})`, status);
}
