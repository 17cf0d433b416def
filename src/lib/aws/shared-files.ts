import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader';
import type { Context } from '../context.ts';

/** The settings of one section, as written. */
export type Section = Readonly<Record<string, string | undefined>>;

/** What the AWS config and credentials files say (facts/aws.md 7.3). A file that does not exist says nothing. */
export interface SharedFiles {
  readonly configPath: string;
  readonly credentialsPath: string;
  /** The profiles of both files, sorted. */
  readonly profileNames: readonly string[];
  /** Sentences about files that exist and could not be used: the AWS SDK would take them for empty. */
  readonly faults: readonly string[];
  /** The profile of this name; where both files know a setting, the credentials file wins. */
  profile(name: string): Section | null;
  ssoSession(name: string): Section | null;
  services(name: string): Section | null;
}

/** How the loader writes the sections that are no profiles: `sso-session.x`, and settings below another: `sts.endpoint_url`. */
const OTHER_SECTION = /^(?:sso-session|services)\./;

/** Reads both files where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say, or below `~/.aws`. */
export async function readSharedFiles({ env, home }: Pick<Context, 'env' | 'home'>): Promise<SharedFiles> {
  const configPath = pathOf(env['AWS_CONFIG_FILE'], home, 'config');
  const credentialsPath = pathOf(env['AWS_SHARED_CREDENTIALS_FILE'], home, 'credentials');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    filepath: credentialsPath,
    configFilepath: configPath,
    ignoreCache: true,
  });
  const faults = await Promise.all([
    faultOf(configPath, Object.keys(configFile).length),
    faultOf(credentialsPath, Object.keys(credentialsFile).length),
  ]);
  const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
  const own = (sections: Record<string, Section>, name: string): Section | undefined =>
    Object.hasOwn(sections, name) ? sections[name] : undefined;
  return {
    configPath,
    credentialsPath,
    profileNames: [...new Set(names)].filter((name) => !OTHER_SECTION.test(name)).sort(),
    faults: faults.filter((fault) => fault !== null),
    profile(name) {
      const config = own(configFile, name);
      const credentials = own(credentialsFile, name);
      return config === undefined && credentials === undefined ? null : { ...config, ...credentials };
    },
    ssoSession: (name) => own(configFile, `sso-session.${name}`) ?? null,
    services: (name) => own(configFile, `services.${name}`) ?? null,
  };
}

function pathOf(setting: string | undefined, home: string, name: string): string {
  if (setting === undefined || setting === '') return join(home, '.aws', name);
  return setting.startsWith('~/') ? join(home, setting.slice(2)) : setting;
}

async function faultOf(path: string, sections: number): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8');
    return sections === 0 && /^\s*[^\s#;]/m.test(text)
      ? `${path} holds no section such as [default] that AWS tools understand.`
      : null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // ENOTDIR: part of the path is a file, so the file itself does not exist.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return `${path} cannot be read (${String(code)}).`;
  }
}
