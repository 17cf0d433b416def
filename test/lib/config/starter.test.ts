import { describe, expect, test } from 'vitest';
import { readCheckConfig } from '../../../src/lib/config/check-config.ts';
import { CheckSettings } from '../../../src/lib/config/check-schema.ts';
import { type Known, starterConfig } from '../../../src/lib/config/starter.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';

const NOTHING: Known = {
  uri: null,
  mechanism: null,
  audience: null,
  schema: '/opt/fedctl/schemas/fedctl.v1.json',
};

function read(text: string) {
  return readCheckConfig(text, { file: 'fedctl.yaml', directory: '/app', env: {} });
}

/** `    # key: example` of the text, by their line numbers from 0. */
function commentedOut(text: string): readonly (readonly [number, string])[] {
  return text.split('\n').flatMap((line, at) => {
    const key = /^ +# ([a-zA-Z]+): \S/.exec(line)?.[1];
    return key !== undefined && key in CheckSettings.shape ? [[at, key] as const] : [];
  });
}

function uncommented(text: string, lines: readonly number[]): string {
  return text
    .split('\n')
    .map((line, at) => (lines.includes(at) ? line.replace('# ', '') : line))
    .join('\n');
}

describe('the file to begin with', () => {
  test('is valid as it is written', () => {
    expect(read(starterConfig(NOTHING))).toMatchObject([
      {
        name: 'main',
        mechanism: 'oidc',
        uri: null,
        audience: null,
        signingAlgorithm: 'RS256',
        durationSeconds: 300,
      },
    ]);
  });

  test('is valid with all that is commented out, which is every other key there is', () => {
    const text = starterConfig(NOTHING);
    const lines = commentedOut(text);
    const keys = ['mechanism', 'duration', 'signingAlgorithm', ...lines.map(([, key]) => key)];
    expect(keys.sort()).toEqual(Object.keys(CheckSettings.shape).sort());
    expect(
      read(
        uncommented(
          text,
          lines.map(([at]) => at),
        ),
      ),
    ).toMatchObject([
      {
        uri: parseConnectionString('mongodb+srv://cluster0.example.mongodb.net/'),
        tokenFile: '/app/token.jwt',
        profile: 'production',
      },
    ]);
  });

  test.each(commentedOut(starterConfig(NOTHING)))('is valid with line %i alone: %s', (at, key) => {
    const text = starterConfig(NOTHING);
    const lines = commentedOut(text);
    const ofTheRole = ['externalId', 'sessionName', 'mfaSerial'].includes(key);
    const role = lines.filter(([, other]) => ofTheRole && other === 'roleArn').map(([line]) => line);
    expect(read(uncommented(text, [at, ...role]))).toHaveLength(1);
  });

  test('holds what is known, whatever it looks like to YAML', () => {
    const audience = `a: "b" # \${HOME} $$ \\ é\u2028\n- x`;
    const uri = "mongodb+srv://x.mongodb.net/it's?appName=a%20b";
    expect(read(starterConfig({ ...NOTHING, uri, audience, mechanism: 'both' }))).toMatchObject([
      { uri: parseConnectionString(uri), audience, mechanism: 'both' },
    ]);
  });

  test('names its schema in the first line, for editors', () => {
    expect(starterConfig(NOTHING).split('\n')[0]).toBe(
      '# yaml-language-server: $schema=/opt/fedctl/schemas/fedctl.v1.json',
    );
  });
});
