import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Answer, Packet } from 'dns-packet';
import { FedctlError } from '../../lib/core/errors.ts';
import type { LabLog } from '../log.ts';

/** In seconds. Short, so that a changed record takes effect at once. */
const TTL = 1;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
const HOST = '127.0.0.1';

/** The records of one name. */
export interface DnsRecords {
  readonly SRV?: readonly { readonly target: string; readonly port: number }[];
  /** One text per record. */
  readonly TXT?: readonly string[];
  /** IPv4 addresses. */
  readonly A?: readonly string[];
}

export interface LabDns {
  /** `host:port`, for FEDCTL_DNS_SERVER. */
  readonly address: string;
  /** By name in lower case; can be changed at any time. */
  readonly zone: Map<string, DnsRecords>;
  /** The fault of queries: no response, or SERVFAIL. */
  fault: 'silent' | 'server-failure' | null;
  /** Also responds on another socket, until the server closes. */
  serve(socket: Socket): void;
  close(): Promise<void>;
}

/**
 * Starts a DNS server for the lab's own names, over UDP on loopback. It supports SRV, TXT and A. An unknown
 * name does not exist; no other server is queried.
 *
 * @throws FedctlError lab.start-failed
 */
export async function startDns(records: Readonly<Record<string, DnsRecords>>, log: LabLog): Promise<LabDns> {
  const { decode, encode } = await import('dns-packet');
  const sockets: Socket[] = [];
  const dns: Omit<LabDns, 'address'> = {
    zone: new Map(Object.entries(records)),
    fault: null,
    serve(socket) {
      sockets.push(socket);
      socket.on('message', (message, from) => answer(socket, message, from));
      // An undeliverable datagram causes an error here; the next one may succeed.
      socket.on('error', () => {});
    },
    close: async () => {
      for (const socket of sockets) {
        const closed = once(socket, 'close');
        socket.close();
        await closed;
      }
    },
  };
  const answer = (socket: Socket, message: Buffer, from: RemoteInfo) => {
    const query = readQuery(decode, message);
    if (query === null) return;
    if (dns.fault === 'silent') {
      log.add({ ...noted(query), decision: 'refused', reason: 'no response' });
      return;
    }
    const { packet, reason } =
      dns.fault === null ? answerTo(query, dns.zone) : failed(query, SERVER_FAILURE, 'SERVFAIL');
    log.add({ ...noted(query), decision: reason === null ? 'allowed' : 'refused', reason: reason ?? '' });
    send(socket, encode(packet), from);
  };
  const socket = createSocket('udp4');
  const port = await bound(socket);
  dns.serve(socket);
  return Object.assign(dns, { address: `${HOST}:${port}` });
}

interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly questions: NonNullable<Packet['questions']>;
}

/** Null for an invalid query, which gets no response. */
function readQuery(decode: (message: Buffer) => Packet, message: Buffer): Query | null {
  try {
    const { type, id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (type === 'response' || question === undefined || questions.length !== 1) return null;
    return { id, name: question.name.toLowerCase(), type: question.type, questions };
  } catch {
    return null;
  }
}

function noted({ name, type }: Query) {
  return { hop: 'dns', action: `${type} ${name}`, principal: null } as const;
}

interface Reply {
  readonly packet: Packet;
  /** Why there are no records; null when there are. */
  readonly reason: string | null;
}

function answerTo(query: Query, zone: ReadonlyMap<string, DnsRecords>): Reply {
  const known = zone.get(query.name);
  if (known === undefined) return failed(query, NAME_ERROR, 'NXDOMAIN: the name does not exist');
  const answers = answersOf(query, known);
  return {
    packet: response(query, 0, answers),
    reason: answers.length === 0 ? 'NODATA: the name has no record of this type' : null,
  };
}

function answersOf({ type, questions }: Query, { SRV = [], TXT = [], A = [] }: DnsRecords): Answer[] {
  // The name in its original spelling: some resolvers mix the case and verify it in the response.
  const record = { name: questions[0]?.name ?? '', ttl: TTL, class: 'IN' } as const;
  switch (type) {
    case 'SRV':
      return SRV.map(({ target, port }) => ({
        ...record,
        type: 'SRV',
        data: { target, port, priority: 0, weight: 0 },
      }));
    case 'TXT':
      return TXT.map((text) => ({ ...record, type: 'TXT', data: [text] }));
    case 'A':
      return A.map((address) => ({ ...record, type: 'A', data: address }));
    default:
      return [];
  }
}

function failed(query: Query, code: number, reason: string): Reply {
  return { packet: response(query, code, []), reason };
}

function response({ id, questions }: Query, code: number, answers: Answer[]): Packet {
  const AUTHORITATIVE = 1 << 10;
  return { type: 'response', id, flags: AUTHORITATIVE | code, questions, answers };
}

/** The client may be gone; a lost response does not matter. */
function send(socket: Socket, packet: Buffer, { port, address }: RemoteInfo): void {
  socket.send(packet, port, address, () => {});
}

async function bound(socket: Socket): Promise<number> {
  try {
    socket.bind(0, HOST);
    await once(socket, 'listening');
  } catch (cause) {
    throw new FedctlError('lab.start-failed', {
      message: `The lab's DNS server cannot listen on ${HOST}.`,
      details: { server: 'dns', host: HOST },
      cause,
    });
  }
  return socket.address().port;
}
