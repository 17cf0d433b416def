import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { runLab } from '../support/running-lab.ts';

function configFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'sandbox.yaml');
  writeFileSync(file, text);
  return file;
}

const CONFIG = `
accounts:
  - id: "111122223333"
    federation: enabled
    users:
      - name: alice
        allow: ["*"]
      - name: bob
    roles:
      - name: app
        trusts: ["arn:aws:iam::111122223333:user/alice"]
        allow: ["sts:GetWebIdentityToken"]
identityProviders:
  - name: mine
    audience: my-audience
databaseUsers:
  - { mechanism: oidc, principal: "arn:aws:iam::111122223333:user/alice", roles: [read@app] }
  - { mechanism: aws, principal: "arn:aws:iam::111122223333:role/app", roles: [readWrite@app] }
data:
  app.visits:
    - { _id: 1, page: / }
    - { _id: 2, at: { $date: "2026-11-22T12:00:00Z" } }
`;

describe('fedctl sandbox --config', () => {
  test('plays what the file declares', async () => {
    const lab = await runLab('--config', configFile(CONFIG));
    try {
      const whoami = JSON.parse((await lab.run(['whoami', '--json'])).stdout) as object;
      expect(whoami).toMatchObject({ account: '111122223333', arn: 'arn:aws:iam::111122223333:user/alice' });
      expect(lab.env['FEDCTL_AUDIENCE']).toBe('my-audience');
      const oidc = JSON.parse((await lab.run(['connect', '--mechanism', 'oidc', '--json'])).stdout) as object;
      expect(oidc).toMatchObject({ ok: true, mechanisms: [{ roles: [{ role: 'read', db: 'app' }] }] });
      expect((await lab.run(['connect', '--mechanism', 'aws'])).code).toBe(4);
      expect((await lab.run(['connect', '--mechanism', 'aws', '--profile', 'app'])).code).toBe(0);
      expect((await lab.run(['token', '--profile', 'bob'])).code).toBe(4);
      const { stdout: token } = await lab.run(['token']);
      await using client = new MongoClient(lab.env['FEDCTL_URI'] ?? '', {
        authMechanism: 'MONGODB-OIDC',
        authMechanismProperties: { OIDC_CALLBACK: async () => ({ accessToken: token.trim() }) },
      });
      expect(await client.db('app').collection('visits').find().toArray()).toEqual([
        { _id: 1, page: '/' },
        { _id: 2, at: new Date('2026-11-22T12:00:00Z') },
      ]);
    } finally {
      await lab.stop();
    }
  });

  test('tells each fault with its line and column, and starts nothing', async () => {
    const file = configFile(
      'acounts: []\ndatabaseUsers:\n  - mechanism: odic\n    principal: x\n    roles: []\n',
    );
    const { code, stdout, stderr } = await runBin(['sandbox', '--config', file, '--', 'echo', 'started']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`error: ${file} has 2 errors.
        ${file}:1:1 acounts: unknown key; did you mean "accounts"?
        ${file}:3:16 databaseUsers[0].mechanism: must be oidc or aws
cause:  A key is unknown, a value has the wrong type, or the file is not valid YAML.
remedy: Correct the lines above. The JSON Schema schemas/sandbox-config.v1.json lists the valid values of each key.
code:   config.invalid
`);
  });

  test('data that MongoDB would refuse is refused', async () => {
    const file = configFile('data: { app.visits: [{ _id: 1 }, { _id: 1 }] }\n');
    const { code, stderr } = await runBin(['sandbox', '--config', file, '--json', '--', 'true']);
    expect({ code, message: JSON.parse(stderr).error.message }).toEqual({
      code: 2,
      message:
        'data.app.visits[1] cannot be loaded: E11000 duplicate key error collection: app.visits index: _id_ dup key: { _id: 1 }',
    });
  });

  test('a file that is missing is told', async () => {
    const { code, stderr } = await runBin(['sandbox', '--config', '/nonexistent/x.yaml', '--json']);
    expect({ code, failure: JSON.parse(stderr).error.code }).toEqual({
      code: 2,
      failure: 'usage.unreadable-input',
    });
  });
});
