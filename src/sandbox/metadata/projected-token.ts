import { writeSecretFile } from '../../lib/files/secret-file.ts';

/** The interval at which the emulated kubelet checks its token, in milliseconds. */
const LOOK_EVERY_MS = 10_000;

/** The kubelet replaces a token after this fraction of its lifetime. */
const RENEW_AT = 0.8;

/** A token file that a background task renews. */
export interface ProjectedToken {
  /** Checks the token now, and replaces it if it is due. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps a valid token in a file, like a kubelet. Writes the file by rename. Replaces the token after 80% of
 * its lifetime, according to the lab's clock.
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
    // After a failed write, the next check tries again.
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
