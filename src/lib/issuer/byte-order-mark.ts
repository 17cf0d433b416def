/**
 * Removes a byte order mark. JSON must not begin with a byte order mark, but a parser may ignore it (RFC
 * 8259, section 8.1), as browsers do.
 */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
