/**
 * Removes a byte order mark. JSON must not start with a byte order mark, but a parser may ignore the mark
 * (RFC 8259, section 8.1). Browsers also ignore the mark.
 */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
