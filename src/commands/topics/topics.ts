import type { Line } from '../../lib/render/output.ts';
import { createTheme, type Theme } from '../../lib/render/theme.ts';

/** A help page of `fedctl help <topic>`. */
export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  readonly lines: () => Promise<readonly Line[]>;
}

/** A theme without colors. On a terminal, prose is wrapped. */
const THEME: Theme = createTheme(false, true);

/** The help topics. The text of a topic is loaded on use. */
export const HELP_TOPICS: readonly HelpTopic[] = [
  {
    name: 'exit-codes',
    summary: 'exit codes of fedctl',
    lines: async () => (await import('./exit-codes.ts')).exitCodeLines(THEME),
  },
  {
    name: 'environment',
    summary: 'environment variables that fedctl reads',
    lines: async () => (await import('./environment.ts')).environmentLines(THEME),
  },
  {
    name: 'configuration',
    summary: 'location, rules and keys of fedctl.yaml',
    lines: async () => (await import('./configuration.ts')).configurationLines(THEME),
  },
  {
    name: 'formats',
    summary: 'output formats and JSON documents',
    lines: async () => (await import('./formats.ts')).formatLines(THEME),
  },
  {
    name: 'security',
    summary: 'guarantees about credentials and tokens',
    lines: async () => (await import('./security.ts')).securityLines(THEME),
  },
];
