// stripVTControlCharacters from node:util is not used, because it takes quadratic time on Node.js 24 and 26
// (nodejs/node#64319).
import stripAnsi from 'strip-ansi';

/** An error or a log that the user pasted, normalized for the search for known texts. */
export interface Pasted {
  /**
   * The normalized text. It is in lower case and has straight quotation marks. Each sequence of white space
   * and line breaks is replaced with one space.
   */
  readonly text: string;
  /** Returns the line number, from 1, of a position in `text`. */
  readonly lineAt: (place: number) => number;
}

/** The maximum nesting depth of a JSON log line. */
const MAX_DEPTH = 8;

/**
 * Normalizes text from a terminal or a log: removes escape sequences, extracts the strings of JSON log lines,
 * and joins wrapped lines. The time is linear in the length of the text.
 *
 * @param firstLine the line number of the first line
 */
export function pasted(raw: string, firstLine = 1): Pasted {
  const starts: number[] = [];
  let length = 0;
  const pieces = stripAnsi(raw)
    .split(/\r\n|\n|\r/)
    .map((line) => {
      starts.push(length);
      const piece = plain(textsOf(line));
      length += piece.length + 1;
      return piece;
    });
  return {
    text: pieces.join(' '),
    lineAt(place) {
      let low = 0;
      let high = starts.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((starts[middle] ?? 0) <= place) low = middle;
        else high = middle;
      }
      return firstLine + low;
    },
  };
}

/** Normalizes a text for comparison. Both pasted texts and known texts are normalized in this way. */
export function plain(text: string): string {
  return text
    .replace(/[‘’`´]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\\[nrt]/g, ' ')
    .replace(/\\/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/**
 * Returns the line. If the line is a JSON object, also appends each string in this object. The JSON escape
 * sequences in these strings are decoded.
 */
function textsOf(line: string): string {
  const trimmed = line.trim();
  if (!trimmed.startsWith('{')) return line;
  try {
    return [line, ...texts(JSON.parse(trimmed), 0)].join(' \n ');
  } catch {
    return line;
  }
}

function texts(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return [];
  return Object.values(value).flatMap((each) => texts(each, depth + 1));
}
