import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Answer, Packet } from 'dns-packet';
import { FedctlError } from '../../lib/core/errors.ts';
import type { LabLog } from '../log.ts';

/** TTL of the records, in seconds. The TTL is short, so that clients soon receive changed records. */
const TTL = 1;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
const HOST = '127.0.0.1';

/** The records of one name. */
export interface DnsRecords {
  readonly SRV?: readonly { readonly target: string; readonly port: number }[];
  /** The TXT records, one string for each record. */
  readonly TXT?: readonly string[];
  /** The IPv4 addresses in the A records. */
  readonly A?: readonly string[];
}

export interface LabDns {
  /** The address as `host:port`, the format of FEDCTL_DNS_SERVER. */
  readonly address: string;
  /** The records by lowercase name. Other parts of the lab can change the records at any time. */
  readonly zone: Map<string, DnsRecords>;
  /** The fault that the server emulates: no response, or SERVFAIL. Null if the server responds correctly. */
  fault: 'silent' | 'server-failure' | null;
  /** Also responds to queries that arrive on another socket, until the server closes. */
  serve(socket: Socket): void;
  close(): Promise<void>;
}

/**
 * Starts a DNS server for the lab's own names, over UDP on loopback. The server supports SRV, TXT and A
 * records. It returns NXDOMAIN for unknown names, and never forwards a query.
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
      // A datagram that cannot be delivered causes an error event. The server ignores this event, because
      // later datagrams are not affected.
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

/** Parses a query. Returns null for an invalid query, to which the server does not respond. */
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
  /** The reason why the response contains no records; null if the response contains records. */
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
  // The response repeats the name exactly as the client wrote it. Some resolvers mix uppercase and lowercase
  // letters in a query, and expect the same spelling in the response.
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

/** Sends a response. Ignores errors, because the client may have disconnected. */
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
