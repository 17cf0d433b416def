import { createAtlas } from '../../src/lib/atlas/atlas.ts';
import { createAws } from '../../src/lib/aws/aws.ts';
import { createMongo } from '../../src/lib/mongo/mongo.ts';
import { createFetch } from '../../src/lib/net/fetch.ts';
import { processContext } from '../../src/lib/process-context.ts';
import { type MemoryContext, type MemoryContextOptions, memoryContext } from './memory-context.ts';
import { BIN } from './run-bin.ts';
import { runMain, type Said } from './run-main.ts';

/** Runs `fedctl args…` in this process with the real adapters and exactly this environment. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  input?: string,
  changes: MemoryContextOptions = {},
): Promise<Said> {
  const { resolver } = processContext(BIN, new AbortController().signal);
  const context: MemoryContext = memoryContext({
    env,
    home: '/nonexistent',
    now: () => new Date(),
    fetch: createFetch(env),
    resolver,
    aws: (settings) => createAws(settings, context),
    mongo: () => createMongo(context),
    atlas: (settings) => createAtlas(settings, context),
    ...(input === undefined ? {} : { input }),
    ...changes,
  });
  return runMain(args, context);
}
