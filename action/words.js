// @ts-check

/**
 * Splits extra arguments into words as a shell does, but expands no variables, commands or globs. Single and double quotes
 * group characters into one word. A backslash escapes the next character, except inside single quotes.
 *
 * @param {string} text
 * @returns {readonly string[]}
 * @throws Error if a quote is not closed
 */
export function splitWords(text) {
  /** @type {string[]} */
  const words = [];
  /** @type {string | null} */
  let word = null;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'" && at + 1 < text.length) {
      at++;
      word = (word ?? '') + text.charAt(at);
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') throw new Error(`missing closing quotation mark ${quote}`);
  return word === null ? words : [...words, word];
}
