import type { AnyCommand } from '../command.ts';
import { COMMANDS } from '../program.ts';

/** A command or subcommand with its loaded definition. */
export interface LoadedCommand {
  /** The words after `fedctl`, such as `sandbox status`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly record: AnyCommand;
}

/** Returns every command and subcommand, in the order of the table. */
export async function commandsOf(): Promise<readonly LoadedCommand[]> {
  const rows = COMMANDS.flatMap(({ subcommands = [], ...row }) => [
    { ...row, path: row.name },
    ...subcommands.map((sub) => ({ ...sub, group: row.group, path: `${row.name} ${sub.name}` })),
  ]);
  return Promise.all(
    rows.map(async ({ path, group, summary, load }) => ({ path, group, summary, record: await load() })),
  );
}
