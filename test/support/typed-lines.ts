/** What `<angle brackets>` of a line stand for, where the word itself would not do. */
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
 * The arguments of each `fedctl …` in a line of shell, placeholders filled in: behind pipes and `&&`, after variables,
 * and as the program that another one runs (`kubectl exec <pod> -- fedctl …`).
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

/** The words of each command of a line. Knows quotation marks, pipes, lists, redirections and comments. */
function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word = ''] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"|&;])+|\|\|?|&&|;/g)) {
    if (word.startsWith('#')) break;
    if (/^(\|\|?|&&|;)$/.test(word)) commands.push([]);
    else if (!/^\d?[<>]/.test(word)) commands.at(-1)?.push(word.replace(/['"]/g, ''));
  }
  return commands;
}
