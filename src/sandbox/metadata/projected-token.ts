import { writeSecretFile } from '../../lib/files/secret-file.ts';

/** How often the emulated kubelet checks its token. */
const LOOK_EVERY_MS = 10_000;

/** The part of a token's lifetime after which the kubelet replaces it. */
const RENEW_AT = 0.8;

/** A token in a file that another process renews. */
export interface ProjectedToken {
  /** Checks the token now, and replaces it if it is time. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps a valid token in a file, as a kubelet does: written by rename, and replaced after four fifths of its
 * lifetime by the lab's clock.
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
    // If writing fails, the next check tries again.
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
