/** Values for placeholders in `<angle brackets>` whose name is not a valid value. */
const VALUES: Readonly<Record<string, string>> = {
  arn: 'arn:aws:iam::123456789012:role/app',
  'arn-of-the-device': 'arn:aws:iam::123456789012:mfa/operator',
  uri: 'mongodb+srv://cluster0.example.net/',
  url: 'https://api.example.com/',
  issuer: 'https://issuer.example.com',
  port: '27017',
  team: 'ops',
};

/**
 * Returns the arguments of each `fedctl …` in a shell line, with placeholders filled in: after pipes, `&&` and
 * variables, and as an argument of another program (`kubectl exec <pod> -- fedctl …`).
 */
export function fedctlCommands(line: string): string[][] {
  const filled = line.replace(/<([a-zA-Z][^<>\s]*)>/g, (_, name: string) => VALUES[name] ?? name);
  return commandsOf(filled).flatMap((words) => {
    const at = words.findIndex(
      (word, index) =>
        word === 'fedctl' &&
        (words[index - 1] === '--' || words.slice(0, index).every((before) => /^\w+=/.test(before))),
    );
    return at < 0 ? [] : [words.slice(at + 1)];
  });
}

/** Splits a line into commands and words. Supports quotation marks, pipes, lists, redirections and comments. */
function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word = ''] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"|&;])+|\|\|?|&&|;/g)) {
    if (word.startsWith('#')) break;
    if (/^(\|\|?|&&|;)$/.test(word)) commands.push([]);
    else if (!/^\d?[<>]/.test(word)) commands.at(-1)?.push(word.replace(/['"]/g, ''));
  }
  return commands;
}
