import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfig } from '../../../src/lib/files/config-file.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'fedctl-config-'));
});

afterEach(() => rm(cwd, { recursive: true }));

function find(named: string | null = null) {
  return findConfig({ cwd, signal: new AbortController().signal }, named);
}

describe('findConfig', () => {
  it('finds none where there is none, also not in a directory above', async () => {
    await writeFile(join(cwd, 'fedctl.yaml'), 'x');
    await mkdir(join(cwd, 'below'));
    cwd = join(cwd, 'below');
    expect(await find()).toBeNull();
    cwd = join(cwd, '..');
  });

  it('finds fedctl.yaml before fedctl.yml', async () => {
    await writeFile(join(cwd, 'fedctl.yml'), 'second');
    expect(await find()).toEqual({ file: 'fedctl.yml', directory: cwd, text: 'second', named: false });
    await writeFile(join(cwd, 'fedctl.yaml'), 'first');
    expect(await find()).toEqual({ file: 'fedctl.yaml', directory: cwd, text: 'first', named: false });
  });

  it('takes the file that is named, and its directory', async () => {
    await writeFile(join(cwd, 'fedctl.yaml'), 'first');
    await mkdir(join(cwd, 'ci'));
    await writeFile(join(cwd, 'ci', 'check.yaml'), 'named');
    expect(await find('ci/check.yaml')).toEqual({
      file: 'ci/check.yaml',
      directory: join(cwd, 'ci'),
      text: 'named',
      named: true,
    });
  });

  it('fails when what is there, or named, cannot be read', async () => {
    await expect(find('none.yaml')).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: `Cannot read "${cwd}/none.yaml": the file does not exist.`,
    });
    await symlink('nowhere', join(cwd, 'fedctl.yaml'));
    await expect(find()).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: `Cannot read "${cwd}/fedctl.yaml": the file does not exist.`,
    });
  });

  it.each([
    ['a directory', 'it is a directory', () => mkdir(join(cwd, 'fedctl.yaml'))],
    ['a device', 'it is a device', () => symlink('/dev/zero', join(cwd, 'fedctl.yaml'))],
    [
      'more than 256 KiB',
      'it is larger than 256 KiB',
      () => writeFile(join(cwd, 'fedctl.yaml'), '#'.repeat(256 * 1024 + 1)),
    ],
  ])('refuses %s', async (_, reason, make) => {
    await make();
    await expect(find()).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      exitCode: 2,
      message: `Cannot read "${cwd}/fedctl.yaml": ${reason}.`,
    });
  });
});
