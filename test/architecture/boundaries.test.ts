import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Arrow, arrowsOf, circlesOf, ROOT, type Syntax, sources, walk } from './imports.ts';

/**
 * A group of source files, and the other rooms and packages that these files may import. A new room requires
 * a new row.
 */
interface Room {
  readonly name: string;
  readonly files: RegExp;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  /** Rooms from which only types may be imported. */
  readonly types?: readonly string[];
}

const PURE = ['jwt', 'policy', 'trust', 'uri', 'formats'];
const ADAPTERS = ['aws', 'issuer', 'mongo', 'atlas', 'http-api', 'exec'];
const UNDER = ['net', 'files'];

const ROOMS: readonly Room[] = [
  {
    name: 'process-context',
    files: /^src\/lib\/process-context\.ts$/,
    rooms: ['core', ...ADAPTERS, ...UNDER],
    packages: ['node'],
  },
  {
    name: 'index',
    files: /^src\/(lib|sandbox)\/index\.ts$/,
    rooms: ['core', 'process-context', 'auth', 'sandbox', ...PURE, ...ADAPTERS],
    packages: ['node'],
  },
  {
    name: 'failure pages',
    files: /^src\/lib\/failures\/(pages|match|pasted|pages\.generated)\.ts$/,
    rooms: ['core'],
    packages: ['strip-ansi'],
  },
  // The domain types, the ports to the outside, and the failures. All other rooms use them.
  { name: 'core', files: /^src\/lib\/(core|ports|failures)\//, rooms: [], packages: ['node'] },
  { name: 'jwt', files: /^src\/lib\/jwt\//, rooms: ['core'], packages: ['jose', 'node', 'strip-ansi'] },
  { name: 'policy', files: /^src\/lib\/policy\//, rooms: ['core'], packages: [] },
  { name: 'trust', files: /^src\/lib\/trust\//, rooms: ['core'], packages: [] },
  {
    name: 'uri',
    files: /^src\/lib\/uri\//,
    rooms: ['core'],
    packages: ['mongodb-connection-string-url', 'node'],
  },
  {
    name: 'config',
    files: /^src\/lib\/config\//,
    rooms: ['core', 'jwt', 'uri'],
    packages: ['yaml', 'zod', 'node'],
  },
  { name: 'formats', files: /^src\/lib\/formats\//, rooms: ['core'], packages: ['node'] },
  {
    name: 'net',
    files: /^src\/lib\/net\//,
    rooms: ['core', 'files'],
    packages: ['node', 'agent-base', 'socks'],
  },
  { name: 'files', files: /^src\/lib\/files\//, rooms: ['core'], packages: ['node'] },
  {
    name: 'aws',
    files: /^src\/lib\/aws\//,
    rooms: ['core', ...PURE, ...UNDER],
    packages: [
      'node',
      '@aws-sdk/client-sts',
      '@aws-sdk/client-iam',
      '@aws-sdk/credential-providers',
      '@smithy/node-http-handler',
      '@smithy/shared-ini-file-loader',
    ],
  },
  {
    name: 'issuer',
    files: /^src\/lib\/issuer\//,
    rooms: ['core', ...PURE, ...UNDER],
    packages: ['node', 'jose'],
  },
  {
    name: 'mongo',
    files: /^src\/lib\/mongo\//,
    rooms: ['core', ...PURE, ...UNDER],
    packages: ['node', 'mongodb'],
  },
  {
    name: 'atlas',
    files: /^src\/lib\/atlas\//,
    rooms: ['core', ...PURE, ...UNDER],
    packages: ['node', 'zod'],
  },
  { name: 'http-api', files: /^src\/lib\/http-api\//, rooms: ['core', ...UNDER], packages: ['node'] },
  { name: 'exec', files: /^src\/lib\/exec\//, rooms: ['core', ...UNDER], packages: ['node'] },
  {
    name: 'auth',
    files: /^src\/lib\/auth\//,
    rooms: ['core', 'files', ...PURE, ...ADAPTERS],
    packages: ['node'],
  },
  {
    name: 'check',
    files: /^src\/lib\/check\//,
    rooms: ['core', 'failure pages', 'auth', ...PURE, ...ADAPTERS, ...UNDER],
    packages: [],
  },
  {
    name: 'sandbox',
    files: /^src\/sandbox\//,
    rooms: ['core', 'config', ...PURE, ...UNDER],
    packages: [
      'node',
      'jose',
      'bson',
      'fast-xml-parser',
      '@smithy/signature-v4',
      '@peculiar/x509',
      'reflect-metadata',
      'yaml',
      'zod',
      'otpauth',
      'dns-packet',
    ],
  },
  // Escapes and writes output.
  {
    name: 'output',
    files: /^src\/lib\/render\/(escape|json|locale|output|workflow-command|wrap)\.ts$/,
    rooms: ['core'],
    packages: ['node', 'wrap-ansi'],
  },
  {
    name: 'theme',
    files: /^src\/lib\/render\/theme\.ts$/,
    rooms: ['core', 'output'],
    packages: ['chalk'],
  },
  {
    name: 'progress',
    files: /^src\/lib\/render\/progress\.ts$/,
    rooms: ['core', 'output'],
    packages: ['ora'],
  },
  {
    name: 'prompt',
    files: /^src\/lib\/render\/prompt\.ts$/,
    rooms: ['core', 'output'],
    packages: ['@clack/prompts', 'node'],
  },
  // The output formats of `check` that require a package. The human format is in `render`, which must not
  // load these packages.
  {
    name: 'report-formats',
    files: /^src\/lib\/render\/check\/(junit|github|markdown|markup|html)[a-z-]*\.ts$/,
    rooms: ['core', 'output', 'render', 'theme'],
    packages: ['fast-xml-parser', 'escape-goat', 'node'],
  },
  {
    name: 'explain format',
    files: /^src\/lib\/render\/explain\.ts$/,
    rooms: ['core', 'failure pages'],
    packages: ['wrap-ansi'],
    types: ['theme'],
  },
  {
    name: 'render',
    files: /^src\/lib\/render\//,
    rooms: ['core', 'output', 'theme'],
    types: ['auth', 'sandbox', ...PURE, ...ADAPTERS],
    packages: [],
  },
  {
    name: 'main',
    files: /^src\/commands\/main\.ts$/,
    rooms: ['command', 'core', 'output', 'render', 'theme', 'progress'],
    packages: [],
  },
  {
    name: 'command',
    files: /^src\/commands\//,
    rooms: [
      'core',
      'output',
      'auth',
      'check',
      'sandbox',
      'config',
      'failure pages',
      'explain format',
      'render',
      'report-formats',
      'theme',
      'progress',
      'prompt',
      ...PURE,
      ...ADAPTERS,
      ...UNDER,
    ],
    packages: ['commander', 'node'],
  },
];

/** Returns the room of a file: the first room whose pattern matches. */
function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(file));
}

/** Returns the reason why an import is not allowed; null if it is allowed. */
function fault(arrow: Arrow): string | null {
  const from = roomOf(arrow.from);
  if (from === undefined) return `${arrow.from} is in no room`;
  if (!arrow.to.startsWith('src/')) {
    const known = from.packages.includes(arrow.to) || (arrow.typeOnly && arrow.to === 'node');
    const typesOfJose = arrow.typeOnly && arrow.to === 'jose';
    return known || typesOfJose
      ? null
      : `${arrow.from} (${from.name}) may not import the package ${arrow.to}`;
  }
  const to = roomOf(arrow.to);
  if (to === undefined) return `${arrow.to} is in no room`;
  if (to === from || from.rooms.includes(to.name)) return null;
  if (arrow.typeOnly && from.types?.includes(to.name)) return null;
  return `${arrow.from} (${from.name}) may not import ${arrow.to} (${to.name})`;
}

describe('the rooms', () => {
  test('every arrow runs the way the design says', () => {
    const faults = sources()
      .flatMap((file) => arrowsOf(file))
      .map(fault)
      .filter((text) => text !== null);
    expect(faults).toEqual([]);
  });

  test('an arrow that runs back up is found, also a dynamic one', () => {
    const code =
      "import { main } from '../../commands/main.ts';\nexport const x = () => import('../../sandbox/log.ts');\nmain;\n";
    expect(arrowsOf('src/lib/core/secret.ts', code).map(fault)).toEqual([
      'src/lib/core/secret.ts (core) may not import src/commands/main.ts (main)',
      'src/lib/core/secret.ts (core) may not import src/sandbox/log.ts (sandbox)',
    ]);
  });

  test('the lab cannot reach the adapters it is there to test, and no format loads a core', () => {
    const lab = arrowsOf('src/sandbox/log.ts', "import { createAws } from '../lib/aws/aws.ts';\n");
    const format = arrowsOf('src/lib/render/failure.ts', "import { minting } from '../auth/mint.ts';\n");
    const types = arrowsOf('src/lib/render/failure.ts', "import type { minting } from '../auth/mint.ts';\n");
    expect([...lab, ...format, ...types].map(fault)).toEqual([
      'src/sandbox/log.ts (sandbox) may not import src/lib/aws/aws.ts (aws)',
      'src/lib/render/failure.ts (render) may not import src/lib/auth/mint.ts (auth)',
      null,
    ]);
  });
});

describe('circles', () => {
  test('no files import each other in a circle, not even types', () => {
    expect(circlesOf(sources().flatMap((file) => arrowsOf(file)))).toEqual([]);
  });

  test('a circle of types, of dynamic imports, and through a third file is found', () => {
    const planted = [
      ...arrowsOf('src/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n"),
      ...arrowsOf('src/b.ts', "export const c = () => import('./c.ts');\n"),
      ...arrowsOf('src/c.ts', "export type { A } from './a.ts';\n"),
      ...arrowsOf('src/d.ts', "import './a.ts';\n"),
    ];
    expect(circlesOf(planted)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
  });
});

/**
 * Globals and constructs that only the files in `ALLOWED` may use. `shows` detects the use in a node of the
 * syntax tree.
 */
const KEPT_OUT: readonly { readonly what: string; readonly shows: (node: Syntax) => boolean }[] = [
  { what: 'process', shows: (node) => isMember(node, 'process') },
  { what: 'console', shows: (node) => isMember(node, 'console') },
  {
    what: 'the clock',
    shows: (node) =>
      isMember(node, 'Date', 'now') ||
      (node.type === 'NewExpression' && isNamed(node.callee, 'Date') && node.arguments?.length === 0),
  },
  {
    what: 'the global fetch',
    // The first use of one of these names makes Node.js load its fetch implementation and compile its HTTP
    // parser.
    shows: (node) =>
      (node.type === 'CallExpression' && isNamed(node.callee, 'fetch')) ||
      isMember(node, 'globalThis', 'fetch') ||
      (node.type === 'NewExpression' &&
        ['Headers', 'Request', 'Response', 'FormData'].some((name) => isNamed(node.callee, name))),
  },
  {
    what: 'the streams',
    // All lines must be written with an Output, which removes secrets and escapes control characters.
    shows: (node) =>
      node.type === 'MemberExpression' &&
      isNamed(node.property, 'write') &&
      node.object !== undefined &&
      ['stdout', 'stderr'].some((name) => isMember(node.object as Syntax, 'context', name)),
  },
  { what: 'any', shows: (node) => node.type === 'TSAnyKeyword' },
];

function isNamed(node: Syntax | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name;
}

function isMember(node: Syntax, object: string, property?: string): boolean {
  if (node.type !== 'MemberExpression' || !isNamed(node.object, object)) return false;
  return property === undefined || isNamed(node.property, property);
}

/** Only one file may use the process and the clock. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/lib/process-context.ts': ['process', 'the clock'],
};

function trespasses(file: string, code: string): string[] {
  const found = new Set<string>();
  walk(file, code, (node) => {
    for (const { what, shows } of KEPT_OUT) if (shows(node)) found.add(what);
  });
  const texts = /@ts-|biome-ignore|eslint-disable|NODE_ENV|VITEST/.exec(code);
  if (texts !== null) found.add(texts[0]);
  return [...found].filter((what) => !ALLOWED[file]?.includes(what)).map((what) => `${file} touches ${what}`);
}

describe('the library', () => {
  test('touches no process, clock or network of its own, and switches no rule off', () => {
    const found = sources().flatMap((file) => trespasses(file, readFileSync(join(ROOT, file), 'utf8')));
    expect(found).toEqual([]);
  });

  test('a file that does is found', () => {
    const code = `const a = process.env.HOME; const b = new Date(); const c = Date.now(); console.log(a);
const d: any = fetch('x'); // biome-ignore`;
    expect(trespasses('src/lib/x.ts', code)).toEqual([
      'src/lib/x.ts touches process',
      'src/lib/x.ts touches the clock',
      'src/lib/x.ts touches console',
      'src/lib/x.ts touches any',
      'src/lib/x.ts touches the global fetch',
      'src/lib/x.ts touches biome-ignore',
    ]);
    expect(trespasses('src/commands/x.ts', "context.stderr.write('x'); stderr.write(['x']);")).toEqual([
      'src/commands/x.ts touches the streams',
    ]);
    for (const way of ['globalThis.fetch', 'new Headers()', 'new Response()']) {
      expect(trespasses('src/lib/x.ts', `const x = ${way};`)).toEqual([
        'src/lib/x.ts touches the global fetch',
      ]);
    }
    expect(trespasses('src/lib/x.ts', 'const at = new Date(0); link("console.aws"); // process.env')).toEqual(
      [],
    );
  });
});
