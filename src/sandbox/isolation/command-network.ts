import type { Server } from 'node:net';
import type { LabDns } from '../dns/dns-server.ts';

/** An IPv4 address and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The network of an isolated command. It has loopback alone, and the lab's servers answer there. */
export interface CommandNetwork {
  /** Makes a server that listens reachable under its own address, and under a second one, until it closes. */
  admit(server: Server, alsoAt?: Address): Promise<void>;
  /** Makes a DNS server reachable under its own address and on port 53, where every resolver asks. */
  resolveBy(dns: LabDns): Promise<void>;
  /** Runs a worker thread in the network. @param source CommonJS; posts a message when it is ready */
  runWorker(source: string, port: number): Promise<void>;
}

/** Addresses that only a platform of AWS has: instance metadata, tasks of ECS, the agent of EKS Pod Identity. */
export const LINK_LOCAL = {
  instanceMetadata: '169.254.169.254',
  container: '169.254.170.2',
  podIdentity: '169.254.170.23',
} as const;
