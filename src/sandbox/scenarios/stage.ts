import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mintToken } from '../aws/claims.ts';
import { callerOf, type LabAccount, type LabRole, type LabSession, type LabUser } from '../aws/identities.ts';
import type { LabEnvironment } from '../environment.ts';
import { LAB_AUDIENCE, type Lab } from '../running-lab.ts';

interface Closable {
  close(): Promise<void>;
}

/** What a scenario works on: the lab, and what will be handed to the command. */
export class Stage {
  readonly lab: Lab;
  readonly #variables: Map<string, string>;
  readonly #open: Closable[] = [];

  constructor(lab: Lab) {
    this.lab = lab;
    this.#variables = new Map(Object.entries(lab.env));
  }

  /** The variables of the command, as they stand. */
  get env(): LabEnvironment {
    return Object.fromEntries(this.#variables);
  }

  /** Who the command is unless a scenario says otherwise. */
  get operator(): LabUser {
    return this.lab.world.user('operator');
  }

  /** The account whose issuer the database trusts. */
  get account(): LabAccount {
    return this.operator.account;
  }

  /** Sets variables of the command; null takes one away. */
  set(variables: Readonly<Record<string, string | null>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if (value === null) this.#variables.delete(name);
      else this.#variables.set(name, value);
    }
  }

  /** Makes the command run with the keys of a session. */
  actAs({ accessKeyId, secretAccessKey, sessionToken }: LabSession): void {
    this.set({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
      AWS_SESSION_TOKEN: sessionToken.reveal(),
    });
  }

  /** Makes the command run as a role, with an hour left. */
  actAsRole(name: string): LabRole {
    const role = this.lab.world.role(name);
    this.actAs(this.lab.world.createSession({ principal: role, expiresAt: this.later(3600) }));
    return role;
  }

  /**
   * Points the command, and what Atlas says of its cluster, at a server of 127.0.0.1 that stands in the place of the
   * lab's. It is asked directly: the member of a replica set would send its clients past it.
   *
   * @param options of the connection string
   */
  useDatabase(port: number, options: Readonly<Record<string, string>> = {}): void {
    const query = new URLSearchParams({ directConnection: 'true', ...options });
    this.set({ FEDCTL_URI: `mongodb://127.0.0.1:${port}/?${query}` });
    this.lab.atlas.updateCluster(this.cluster, { connectionString: `mongodb://127.0.0.1:${port}` });
  }

  /** The name of the cluster that the lab's MongoDB server plays. */
  get cluster(): string {
    return this.lab.atlas.clusters[0]?.name ?? '';
  }

  /** A time of the lab, in seconds from now. */
  later(seconds: number): Date {
    return new Date(this.lab.clock.now().getTime() + seconds * 1000);
  }

  /** A token of an hour, as STS mints it for the operator so many seconds from now. */
  token(seconds = 0): Promise<string> {
    return mintToken({
      caller: callerOf(this.operator),
      request: { audience: [LAB_AUDIENCE], signingAlgorithm: 'RS256', durationSeconds: 3600, tags: [] },
      region: this.lab.env['AWS_REGION'] ?? '',
      now: this.later(seconds),
    });
  }

  /** Makes the command read its token from a file: fedctl by the one variable, drivers (`ENVIRONMENT:k8s`) by the other. */
  useTokenFile(path: string): void {
    this.set({ FEDCTL_TOKEN_FILE: path, AZURE_FEDERATED_TOKEN_FILE: path });
  }

  /** Writes a file that goes with the lab, readable by its owner alone unless `mode` says otherwise. */
  async file(name: string, content: string, mode = 0o600): Promise<string> {
    const path = join(await mkdtemp(join(this.lab.folder, 'scenario-')), name);
    await writeFile(path, content);
    // Not as it is written: the umask of the process would take bits away.
    await chmod(path, mode);
    return path;
  }

  /** Keeps a server open until the scenario ends. */
  keep<Server extends Closable>(server: Server): Server {
    this.#open.push(server);
    return server;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((server) => server.close()));
  }
}
