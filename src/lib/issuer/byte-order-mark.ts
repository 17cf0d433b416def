/** JSON must not begin with a byte order mark, and a reader may pass over one (RFC 8259, section 8.1): browsers do. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}
