import { writeSecretFile } from '../../lib/files/secret-file.ts';

/** The interval at which the emulated kubelet checks the token, in milliseconds. */
const LOOK_EVERY_MS = 10_000;

/** The fraction of a token's lifetime after which the kubelet replaces the token. */
const RENEW_AT = 0.8;

/** A token in a file. A background task replaces the token before it expires. */
export interface ProjectedToken {
  /** Checks the token now, and replaces it if 80% of its lifetime has passed. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps a valid token in a file, as a kubelet does. Replaces the file atomically after 80% of the lifetime of
 * the token, as measured by the lab's clock.
 */
export async function projectToken({
  path,
  lifeSeconds,
  now,
  issue,
}: {
  readonly path: string;
  readonly lifeSeconds: number;
  readonly now: () => Date;
  readonly issue: () => Promise<string>;
}): Promise<ProjectedToken> {
  let renewAt = Number.NEGATIVE_INFINITY;
  let writing = Promise.resolve();
  const look = async () => {
    const at = now().getTime();
    if (at < renewAt) return;
    await writeSecretFile(path, await issue());
    renewAt = at + lifeSeconds * 1000 * RENEW_AT;
  };
  const refresh = () => {
    writing = writing.then(look);
    return writing;
  };
  await refresh();
  const timer = setInterval(() => {
    // If a write fails, the next check writes the file again.
    refresh().catch(() => {
      writing = Promise.resolve();
    });
  }, LOOK_EVERY_MS).unref();
  return {
    refresh,
    async close() {
      clearInterval(timer);
      await writing.catch(() => {});
    },
  };
}
