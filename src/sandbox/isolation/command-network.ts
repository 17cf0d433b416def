import type { Server } from 'node:net';
import type { LabDns } from '../dns/dns-server.ts';

/** An IPv4 address and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The network of an isolated command. Its only interface is loopback. The command can reach the servers of
 * the lab on this interface.
 */
export interface CommandNetwork {
  /**
   * Makes a listening server reachable in this network until the server closes. In this network, the server
   * has the same address as outside the network. `alsoAt` is an additional address.
   */
  admit(server: Server, alsoAt?: Address): Promise<void>;
  /**
   * Makes a DNS server reachable in this network: at the same address and port as outside the network, and also
   * at port 53, which resolvers use.
   */
  resolveBy(dns: LabDns): Promise<void>;
  /**
   * Runs a worker thread in the network.
   *
   * @param source CommonJS code of the worker. The code must post a message when the worker is ready.
   * @param port the port number that the worker receives as `workerData`
   */
  runWorker(source: string, port: number): Promise<void>;
}

/**
 * The link-local addresses of AWS platforms: instance metadata, ECS tasks, and the agent of EKS Pod Identity.
 */
export const LINK_LOCAL = {
  instanceMetadata: '169.254.169.254',
  container: '169.254.170.2',
  podIdentity: '169.254.170.23',
} as const;
