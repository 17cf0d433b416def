import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/commands/program.ts';
import { DOCUMENTS } from '../support/documented-commands.ts';
import { ROOT } from './imports.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const README = read('README.md');
const PACKAGE = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

describe('the README', () => {
  test('has at most 200 lines', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  test('gives commands that CI runs', () => {
    const ci = read('.ci/run');
    for (const [typed, page] of [
      ['npm ci && npm run demo', README],
      ['npm cit', read('CONTRIBUTING.md')],
    ] as const) {
      expect(page).toContain(typed);
      expect(ci).toContain(typed);
    }
  });
});

describe('the documents', () => {
  test('name scripts that exist', () => {
    const named = DOCUMENTS.flatMap((file) => [...read(file).matchAll(/npm run ([a-z:]+)/g)]);
    for (const [, script = ''] of named) expect(Object.keys(PACKAGE.scripts)).toContain(script);
  });

  test('give a reason for every dependency', () => {
    const table = read('docs/architecture.md').split('\n## Dependencies')[1] ?? '';
    const missing = Object.keys(PACKAGE.dependencies).filter(
      (name) => !table.includes(name) && !table.includes(name.replace(/^@[a-z-]+\//, '')),
    );
    expect(missing).toEqual([]);
  });

  test.each(DOCUMENTS)('%s has no broken link', (file) => {
    const broken = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target) && !leads(file, target));
    expect(broken).toEqual([]);
  });

  test.each(['docs/architecture.md', 'CONTRIBUTING.md'])('%s names files that exist', (file) => {
    const named = [
      ...read(file).matchAll(/`((?:src|test|scripts|bin|docs|schemas|commands|lib|\.ci)\/[^`]*)`/g),
    ]
      .map(([, path = '']) => path.replace(/\*.*$/, '').replace(/\/$/, ''))
      .filter((path) => !path.includes('<'));
    expect(named.length).toBeGreaterThan(2);
    expect(
      named.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'src', path))),
    ).toEqual([]);
  });

  test('the reference names every command', () => {
    const reference = read('docs/reference.md');
    for (const { name } of COMMANDS) expect(reference).toContain(`\n### fedctl ${name}\n`);
  });
});

/** Returns whether the target of a link exists: a file, a directory or a heading of a page. */
function leads(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(ROOT, file))) return false;
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return anchor === undefined;
  const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
  return headings.some((text) => slug(text) === anchor);
}

/** Returns the anchor that GitHub creates for a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('the workflow for pull requests', () => {
  const workflow = parse(read('.github/workflows/ci.yml'));

  test('runs .ci/run, may only read, and uses no expression in a script', () => {
    expect(workflow.on).toHaveProperty('pull_request');
    expect(workflow.on).not.toHaveProperty('pull_request_target');
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.ci.permissions).toEqual({ contents: 'read' });
    const scripts = workflow.jobs.ci.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    expect(scripts).toEqual(['.ci/run']);
  });

  test.each(['bug', 'diagnosis', 'feature'])('the issue template %s is a form', (name) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    for (const { type, attributes } of form.body) {
      expect(['markdown', 'textarea', 'input']).toContain(type);
      expect(attributes).toHaveProperty(type === 'markdown' ? 'value' : 'label');
    }
  });
});
