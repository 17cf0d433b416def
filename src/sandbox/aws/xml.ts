/** An XML element: its name, and either text or child elements. */
export type XmlElement = readonly [name: string, content: string | readonly XmlElement[]];

/**
 * Formats elements without white space between them. If XML 1.0 does not allow a character, writes a question
 * mark instead.
 */
export function writeXml(elements: readonly XmlElement[], namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return elements
    .map(([name, content]) => {
      const inner = typeof content === 'string' ? escapeText(content) : writeXml(content);
      return `<${name}${attribute}>${inner}</${name}>`;
    })
    .join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
