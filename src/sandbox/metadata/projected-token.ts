import { writeSecretFile } from '../../lib/files/secret-file.ts';

/** How often the kubelet is played looking at its token. */
const LOOK_EVERY_MS = 10_000;

/** The part of a token's life after which the kubelet puts a new one in its place. */
const RENEW_AT = 0.8;

/** A token in a file that somebody else renews. */
export interface ProjectedToken {
  /** Looks at once, and writes a new token if it is time. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Keeps a fresh token in a file, as a kubelet does: written by rename, replaced when four fifths of its life are over
 * by the lab's clock.
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
    // What cannot be written now may be written the next time.
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
