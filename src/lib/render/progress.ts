import type { OutputStream } from '../core/context.ts';
import { escapeText } from './escape.ts';
import { columnsOf } from './wrap.ts';

/** Shows that work is in progress. Only for people, only on a terminal, only on stderr. */
export interface Progress {
  /** Whether anything is shown. */
  readonly isShown: boolean;
  /**
   * Shows `text` until the work is done or fails.
   *
   * @param more returns what follows the text at this moment; without it, the elapsed seconds
   */
  during<T>(text: string, work: () => Promise<T>, more?: () => string): Promise<T>;
  /** Shows nothing until the work is done or fails, because the user is asked something in the same place. */
  paused<T>(work: () => Promise<T>): Promise<T>;
}

export const SILENT_PROGRESS: Progress = {
  isShown: false,
  during: (_text, work) => work(),
  paused: (work) => work(),
};

/** Formats milliseconds: `(3 s)`. */
export function secondsText(ms: number): string {
  return `(${Math.floor(Math.max(0, ms) / 1000)} s)`;
}

/**
 * Creates a spinner. `discardStdin` is off because ora would swallow Ctrl-C. A terminal without a width gets
 * no spinner, because ora would loop for ever on it (facts/dependencies.md, traps 3 and 4). ora clears its
 * line for everything else that is written to the terminal.
 */
export function createProgress(
  stream: OutputStream,
  { colour, ascii }: { readonly colour: boolean; readonly ascii: boolean },
): Progress {
  if (columnsOf(stream) === null) return SILENT_PROGRESS;
  let running: { start(): unknown; stop(): unknown } | null = null;
  return {
    isShown: true,
    async during(text, work, more) {
      const { default: ora } = await import('ora');
      const startedAt = performance.now();
      const spinner = ora({
        text: escapeText(text),
        suffixText: () => escapeText(more?.() ?? secondsText(performance.now() - startedAt)),
        stream: stream as NodeJS.WritableStream,
        discardStdin: false,
        isEnabled: true,
        color: colour ? 'cyan' : false,
        ...(ascii ? { spinner: 'line' } : {}),
      });
      spinner.start();
      running = spinner;
      try {
        return await work();
      } finally {
        running = null;
        spinner.stop();
      }
    },
    async paused(work) {
      const spinner = running;
      spinner?.stop();
      try {
        return await work();
      } finally {
        // The work may have ended meanwhile.
        if (running === spinner) spinner?.start();
      }
    },
  };
}
