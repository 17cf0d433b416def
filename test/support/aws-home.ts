import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AwsHome extends AsyncDisposable {
  /** The home directory, for `Context.home`. */
  readonly path: string;
  /** Writes a file below the home directory and returns its path. */
  write(name: string, content: string): Promise<string>;
  /** Writes the cache file of `aws sso login` for a session name or a start URL. */
  cacheLogin(key: string, login: unknown): Promise<void>;
}

/** A home directory with AWS config and credentials files. */
export async function awsHome(config: string, credentials = ''): Promise<AwsHome> {
  const path = await mkdtemp(join(tmpdir(), 'fedctl-home-'));
  const cache = join(path, '.aws', 'sso', 'cache');
  await mkdir(cache, { recursive: true });
  await writeFile(join(path, '.aws', 'config'), config);
  await writeFile(join(path, '.aws', 'credentials'), credentials);
  return {
    path,
    async write(name, content) {
      await writeFile(join(path, name), content, { mode: 0o700 });
      return join(path, name);
    },
    async cacheLogin(key, login) {
      const name = createHash('sha1').update(key).digest('hex');
      await writeFile(join(cache, `${name}.json`), JSON.stringify(login));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
