import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { linesOf } from '../lib/render/output.ts';
import { command } from './command.ts';
import { SCRIPTS, SHELLS } from './completion/scripts.ts';
import { refuseToken } from './usage-failure.ts';

export const completion = command({
  arguments: '<shell> [words...]',
  values: SHELLS,
  without: ['profile', 'region', 'timeout', 'noInput'],
  examples: [
    'source <(fedctl completion bash)                                        # in ~/.bashrc',
    'source <(fedctl completion zsh)                                         # in ~/.zshrc, after compinit',
    'fedctl completion fish | source                                         # in ~/.config/fish/config.fish',
  ],
  notes: `Prints a script for bash, zsh or fish. The script completes commands, options and their values, AWS profiles,
scenarios of the lab, failure codes and check IDs. The script requires only fedctl in PATH. It calls \`fedctl
completion <shell> -- <words>\`. This command prints two lines for each completion of the last word: the completion
and its description.`,
  options: {},
  async run({ args: [typed = '', ...words], complete }) {
    const shell = SHELLS.find((each) => each === typed);
    if (shell === undefined) throw unknownShell(typed);
    if (words.length === 0) {
      const script = SCRIPTS[shell];
      return {
        document: { schema: 'fedctl.completion/v1', shell, script, candidates: null },
        lines: linesOf(script),
      };
    }
    const found = await complete(words);
    return {
      document: { schema: 'fedctl.completion/v1', shell, script: null, candidates: found },
      lines: found.flatMap(({ value, description }) => [value, description]),
    };
  },
});

/**
 * Returns a failure that names the supported shells. It quotes the given text only if the text looks like the
 * name of a program.
 */
function unknownShell(typed: string): FedctlError {
  refuseToken('the shell', [typed]);
  const shown = /^[a-z0-9-]{1,20}$/.test(typed) ? `Unknown shell "${typed}"` : 'Unknown shell';
  return new FedctlError('usage.invalid-value', {
    message: `${shown}: expected ${SHELLS.join(', ')}.`,
    likelyCause: 'fedctl has no completion script for other shells.',
    remedy: 'Use bash, zsh or fish.',
    command: fedctl(['completion', '--help']),
    details: { expected: SHELLS },
  });
}
