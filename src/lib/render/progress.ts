import type { OutputStream } from '../core/context.ts';
import { escapeText } from './escape.ts';
import { columnsOf } from './wrap.ts';

/**
 * Shows that work is in progress. Shows nothing if the output is for programs or if standard error is not a
 * terminal.
 */
export interface Progress {
  /** Whether this object shows progress. */
  readonly isShown: boolean;
  /**
   * Shows `text` until `work` is done or fails.
   *
   * @param more returns the text to show after `text` (default: the elapsed seconds)
   */
  during<T>(text: string, work: () => Promise<T>, more?: () => string): Promise<T>;
  /** Hides the spinner until `work` is done or fails, so that `work` can show a prompt on the same line. */
  paused<T>(work: () => Promise<T>): Promise<T>;
}

export const SILENT_PROGRESS: Progress = {
  isShown: false,
  during: (_text, work) => work(),
  paused: (work) => work(),
};

/** Formats milliseconds as whole seconds, for example `(3 s)`. */
export function secondsText(ms: number): string {
  return `(${Math.floor(Math.max(0, ms) / 1000)} s)`;
}

/**
 * Creates a spinner with the package ora. Sets `discardStdin` to false, because ora would otherwise suppress
 * Ctrl-C. If the terminal reports no width, shows no spinner, because ora would never return
 * (facts/dependencies.md, traps 3 and 4). ora clears its line before other output is written to the terminal.
 */
export function createProgress(
  stream: OutputStream,
  { color, ascii }: { readonly color: boolean; readonly ascii: boolean },
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
        color: color ? 'cyan' : false,
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
        // The work that the spinner shows may already be done. If so, the spinner must not restart.
        if (running === spinner) spinner?.start();
      }
    },
  };
}
