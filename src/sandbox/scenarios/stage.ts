import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mintToken } from '../aws/claims.ts';
import { callerOf, type LabAccount, type LabRole, type LabSession, type LabUser } from '../aws/identities.ts';
import type { LabEnvironment } from '../environment.ts';
import { LAB_AUDIENCE, type Lab } from '../running-lab.ts';

interface Closable {
  close(): Promise<void>;
}

/** The lab, and the variables of a command. A scenario can change both. */
export class Stage {
  readonly lab: Lab;
  readonly #variables: Map<string, string>;
  readonly #open: Closable[] = [];

  constructor(lab: Lab) {
    this.lab = lab;
    this.#variables = new Map(Object.entries(lab.env));
  }

  /** The current variables of the command. */
  get env(): LabEnvironment {
    return Object.fromEntries(this.#variables);
  }

  /** The IAM user whose keys the command uses by default. */
  get operator(): LabUser {
    return this.lab.world.user('operator');
  }

  /** The account whose issuer the MongoDB server trusts. */
  get account(): LabAccount {
    return this.operator.account;
  }

  /** Sets variables of the command. Null removes a variable. */
  set(variables: Readonly<Record<string, string | null>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if (value === null) this.#variables.delete(name);
      else this.#variables.set(name, value);
    }
  }

  /** Makes the command use the credentials of a session. */
  actAs({ accessKeyId, secretAccessKey, sessionToken }: LabSession): void {
    this.set({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
      AWS_SESSION_TOKEN: sessionToken.reveal(),
    });
  }

  /** Makes the command use a new session of a role. The session expires in one hour. */
  actAsRole(name: string): LabRole {
    const role = this.lab.world.role(name);
    this.actAs(this.lab.world.createSession({ principal: role, expiresAt: this.later(3600) }));
    return role;
  }

  /**
   * Makes the command connect to a different server on 127.0.0.1 instead of the lab's MongoDB server. Also
   * replaces the connection string in Atlas. The command uses a direct connection, because a replica set
   * member would refer the command to the lab's MongoDB server.
   *
   * @param options additional options for the connection string
   */
  useDatabase(port: number, options: Readonly<Record<string, string>> = {}): void {
    const query = new URLSearchParams({ directConnection: 'true', ...options });
    this.set({ FEDCTL_URI: `mongodb://127.0.0.1:${port}/?${query}` });
    this.lab.atlas.updateCluster(this.cluster, { connectionString: `mongodb://127.0.0.1:${port}` });
  }

  /** The name of the lab's cluster. */
  get cluster(): string {
    return this.lab.atlas.clusters[0]?.name ?? '';
  }

  /** Returns the time of the lab's clock plus a number of seconds. */
  later(seconds: number): Date {
    return new Date(this.lab.clock.now().getTime() + seconds * 1000);
  }

  /**
   * Returns a token for the operator, as STS would mint it. The token is valid for one hour.
   *
   * @param seconds the issue time, relative to the current time of the lab; negative for a time in the past
   */
  token(seconds = 0): Promise<string> {
    return mintToken({
      caller: callerOf(this.operator),
      request: { audience: [LAB_AUDIENCE], signingAlgorithm: 'RS256', durationSeconds: 3600, tags: [] },
      region: this.lab.env['AWS_REGION'] ?? '',
      now: this.later(seconds),
    });
  }

  /**
   * Sets the token file for the command. Sets one variable for fedctl, and one for drivers with
   * `ENVIRONMENT:k8s`.
   */
  useTokenFile(path: string): void {
    this.set({ FEDCTL_TOKEN_FILE: path, AZURE_FEDERATED_TOKEN_FILE: path });
  }

  /**
   * Writes a file and returns its path. The lab removes the file when it stops. By default, only the owner
   * can read the file.
   */
  async file(name: string, content: string, mode = 0o600): Promise<string> {
    const path = join(await mkdtemp(join(this.lab.directory, 'scenario-')), name);
    await writeFile(path, content);
    // The mode is set separately, because the umask of the process would restrict a mode set by `writeFile`.
    await chmod(path, mode);
    return path;
  }

  /** Registers a server to be closed when the scenario ends. */
  keep<Server extends Closable>(server: Server): Server {
    this.#open.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((server) => server.close()));
  }
}
