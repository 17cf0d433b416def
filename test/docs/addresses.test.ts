import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';

/** Where this project is hosted is not decided, so that any address with its name is somebody else's. */
const INVENTED = /https?:\/\/[^\s"'`)>]*fedctl[^\s"'`)>]*/gi;

/** Addresses of made-up hosts, in examples and tests. */
const MADE_UP = /^https?:\/\/(?:[\w-]+\.)*example(?:\.(?:com|org|net))?[:/]/;

const FILES = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => !file.startsWith('test/'));

describe('an address of this project', () => {
  test('is nowhere', () => {
    const found = FILES.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(INVENTED)]
        .filter(([url]) => !MADE_UP.test(url))
        .map(([url]) => `${file}: ${url}`),
    );
    expect(found).toEqual([]);
  });

  test('is not in package.json', () => {
    const about = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(about).not.toHaveProperty('repository');
    expect(about).not.toHaveProperty('homepage');
    expect(about).not.toHaveProperty('bugs');
  });
});
