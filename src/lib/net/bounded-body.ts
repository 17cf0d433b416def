/**
 * The body of an answer as text, read no further than a bound. The length that a header promises is not asked: it may
 * lie.
 *
 * @param maxBytes after decompression
 * @returns null when it is larger; the rest is then not read
 */
export async function readBody(response: Response, maxBytes: number): Promise<string | null> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > maxBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Lets go of a body that nobody reads: it would keep the connection, and with it the process. */
export async function dropBody(response: Response): Promise<void> {
  if (response.body !== null && !response.body.locked) await response.body.cancel().catch(() => {});
}
