/**
 * Splits a text into words by the rules of the Python function `shlex.split`. The AWS CLI uses this function
 * for `credential_process` and for section names. Quotes group characters, and a backslash escapes the next
 * character. Between double quotes, a backslash escapes only another backslash and a double quote. No other
 * character is special: variables, globs, pipes and comments are plain text.
 *
 * @returns null if a quote is not closed or the text ends with a backslash
 */
export function shellWords(text: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character === quote) {
      quote = null;
    } else if (character === '\\' && (quote === null || (quote === '"' && /["\\]/.test(next)))) {
      if (next === '') return null;
      word = (word ?? '') + next;
      index += 1;
    } else if (quote === null && /["']/.test(character)) {
      quote = character;
      word ??= '';
    } else if (quote === null && /[ \t\r\n]/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) return null;
  return word === null ? words : [...words, word];
}
