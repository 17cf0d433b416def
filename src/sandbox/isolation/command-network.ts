import type { Server } from 'node:net';
import type { LabDns } from '../dns/dns-server.ts';

/** An IPv4 address and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * The network of an isolated command. Its only interface is loopback, on which the servers of the lab are
 * reachable.
 */
export interface CommandNetwork {
  /**
   * Makes a listening server reachable at its own address, and at a second address if given, until the server
   * closes.
   */
  admit(server: Server, alsoAt?: Address): Promise<void>;
  /** Makes a DNS server reachable at its own address, and at port 53 for resolvers. */
  resolveBy(dns: LabDns): Promise<void>;
  /**
   * Runs a worker thread in the network.
   *
   * @param source CommonJS code that posts a message when it is ready
   */
  runWorker(source: string, port: number): Promise<void>;
}

/** Link-local addresses of AWS platforms: instance metadata, ECS tasks, and the agent of EKS Pod Identity. */
export const LINK_LOCAL = {
  instanceMetadata: '169.254.169.254',
  container: '169.254.170.2',
  podIdentity: '169.254.170.23',
} as const;
