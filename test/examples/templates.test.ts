import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { evaluate } from '../../src/lib/policy/evaluate.ts';
import { parsePolicy } from '../../src/lib/policy/parse.ts';
import { RequestContext } from '../../src/lib/policy/request.ts';
import { ROOT } from '../architecture/imports.ts';
import { example } from '../support/example-commands.ts';

interface Resource {
  readonly Type: string;
  readonly Metadata?: { readonly BuildProperties: { readonly EntryPoints: readonly string[] } };
  readonly Properties: {
    readonly Handler: string;
    readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
    readonly Policies?: readonly unknown[];
  };
}

/** A reference of CloudFormation stands as its text: `!Ref Audience`. */
const REFERENCES = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({
  tag,
  resolve: (text: string) => `${tag} ${text}`,
}));

const TEMPLATES = ['api-authorizer', 'atlas-worker'].flatMap((name) =>
  ['python', 'typescript'].map((language) => `${name}/${language}/template.yaml`),
);

/** What a program reads from its environment beside what the platform sets. */
function variablesOf(code: string): string[] {
  const python = [...code.matchAll(/os\.environ\["(\w+)"\]/g)].map(([, name = '']) => name);
  const [, names = ''] = /const \{([^}]*)\} = process\.env/.exec(code) ?? [];
  const script = [...names.matchAll(/(\w+) = ''/g)].map(([, name = '']) => name);
  return [...python, ...script];
}

describe.each(TEMPLATES)('%s', (file) => {
  const directory = dirname(file);
  const { Resources } = parse(example(file), { customTags: REFERENCES }) as {
    Resources: Readonly<Record<string, Resource>>;
  };
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Serverless::Function');

  test.each(functions)(
    '%s names code that is there, and sets the variables that it reads',
    (_name, resource) => {
      const { Handler, Environment } = resource.Properties;
      const [module = '', name] = Handler.split('.');
      const source = `${module}${directory.endsWith('python') ? '.py' : '.ts'}`;
      expect(name).toBe('handler');
      const files = [source, source.replace(/database.op/, 'atlas')];
      const code = [...new Set(files)].map((each) => example(join(directory, each))).join('\n');
      expect(code).toMatch(/^(export async function|def) handler\(/m);
      expect(Object.keys(Environment?.Variables ?? {}).sort()).toEqual(variablesOf(code).sort());
      if (source.endsWith('.ts')) expect(resource.Metadata?.BuildProperties.EntryPoints).toEqual([source]);
    },
  );

  test('the policy allows tokens for its audience, and for no other one beside it', () => {
    const [policy, ...others] = functions.flatMap(([, { Properties }]) => Properties.Policies ?? []);
    expect(others).toEqual([]);
    const text = JSON.stringify(policy).replace(/"!Ref (Oidc)?Audience"/, '"my-audience"');
    const parsed = parsePolicy(JSON.parse(text), 'permissions');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const identity = [{ name: 'template', document: parsed.document }];
    const decide = (audience: readonly string[]) =>
      evaluate(
        {
          action: 'sts:GetWebIdentityToken',
          resource: '*',
          principal: {
            type: 'AWS',
            accountId: '123456789012',
            arn: 'arn:aws:iam::123456789012:role/worker',
            sessionArn: 'arn:aws:sts::123456789012:assumed-role/worker/f',
          },
          context: new RequestContext({ 'sts:IdentityTokenAudience': audience }),
        },
        { serviceControl: [], trust: null, identity, boundary: null, session: null },
      ).outcome;
    expect([
      decide(['my-audience']),
      decide(['other']),
      decide(['my-audience', 'other']),
      decide([]),
    ]).toEqual(['allowed', 'implicit-deny', 'implicit-deny', 'implicit-deny']);
  });
});

test.each(['api-authorizer/typescript', 'atlas-worker/typescript', 'mongodb-aws'])(
  '%s/package.json names the versions that the test suite runs with',
  (directory) => {
    const { dependencies } = JSON.parse(example(`${directory}/package.json`));
    const { dependencies: own } = JSON.parse(example('../package.json'));
    for (const [name, version] of Object.entries(dependencies))
      expect([name, own[name]]).toEqual([name, version]);
    expect(existsSync(join(ROOT, 'examples', directory, 'package.json'))).toBe(true);
  },
);

test('the authorizer is not cached, and gives the API the subject', () => {
  for (const language of ['python', 'typescript']) {
    const { Resources } = parse(example(`api-authorizer/${language}/template.yaml`), {
      customTags: REFERENCES,
    });
    const { Auth } = Resources.Api.Properties;
    expect(Auth.Authorizers[Auth.DefaultAuthorizer]).toEqual({
      FunctionArn: '!GetAtt AuthorizerFunction.Arn',
      FunctionPayloadType: 'TOKEN',
      Identity: { ReauthorizeEvery: 0 },
    });
    expect(Resources.AuthorizerFunction.Properties.Environment.Variables.ALLOWED_SUBJECTS).toBe(
      '!GetAtt WorkerFunctionRole.Arn',
    );
  }
});
