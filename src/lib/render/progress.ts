import type { OutputStream } from '../core/context.ts';
import { escapeText } from './escape.ts';

/** Says what is going on while nothing else can be said. Only for people, only on a terminal, only on stderr. */
export interface Progress {
  /** Shows `text` until the work is done or fails. */
  during<T>(text: string, work: () => Promise<T>): Promise<T>;
  /** Shows nothing until the work is done or fails: somebody is asked something in the same place. */
  paused<T>(work: () => Promise<T>): Promise<T>;
}

export const SILENT_PROGRESS: Progress = {
  during: (_text, work) => work(),
  paused: (work) => work(),
};

/**
 * A spinner. `discardStdin` is off because ora would swallow Ctrl-C, and a terminal without a width gets none because
 * ora would loop for ever on it (facts/dependencies.md, traps 3 and 4).
 */
export function createProgress(stream: OutputStream, colour: boolean): Progress {
  if (stream.isTTY !== true || (stream.columns ?? 0) <= 0) return SILENT_PROGRESS;
  let running: { start(): unknown; stop(): unknown } | null = null;
  return {
    async during(text, work) {
      const { default: ora } = await import('ora');
      const spinner = ora({
        text: escapeText(text),
        stream: stream as NodeJS.WritableStream,
        discardStdin: false,
        isEnabled: true,
        color: colour ? 'cyan' : false,
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
        // The work that it stands for may be over by now.
        if (running === spinner) spinner?.start();
      }
    },
  };
}
