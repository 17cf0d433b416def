// @ts-check

/**
 * Splits extra arguments as a shell would, and does nothing else that a shell does: no variable, no command, no glob.
 * Quotes of both kinds hold a word together; a backslash takes the next character as it is, but not inside '…'.
 *
 * @param {string} text
 * @returns {readonly string[]}
 * @throws Error when a quote is not closed
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
  if (quote !== '') throw new Error(`a ${quote} is not closed`);
  return word === null ? words : [...words, word];
}
