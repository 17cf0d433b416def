import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

export interface Question {
  readonly id: number;
  readonly type: string;
  readonly name: string;
}

export interface HostileDns {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** `SRV _mongodb._tcp.db.example.test` */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** What a DNS server does with a question: bytes to send back, or null for nothing. */
export type Answering = (question: Question) => Buffer | null;

/** A DNS server on 127.0.0.1, over UDP, that answers as the test says. */
export async function hostileDns(answer: Answering): Promise<HostileDns> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message);
    const { type = '', name = '' } = questions[0] ?? {};
    asked.push(`${type} ${name}`);
    const bytes = answer({ id, type, name });
    if (bytes !== null) socket.send(bytes, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

const RECURSION = 0x180;

/**
 * A response with these records, or none.
 *
 * @param flags the response code (RFC 1035, 4.1.1), and 0x200 for one that was cut short
 */
export function response(question: Question, flags: number, answers: readonly Answer[] = []): Buffer {
  const { id, type, name } = question;
  const questions = [{ type, name }] as NonNullable<Packet['questions']>;
  return encode({ type: 'response', id, flags: flags | RECURSION, questions, answers: [...answers] });
}

/** Answers as the DNS of a cluster with one member does. */
export function leadsTo(member: string, port: number, address = '127.0.0.1'): Answering {
  return (question) => {
    const { type, name } = question;
    if (type === 'SRV') return response(question, 0, [{ type, name, data: { target: member, port } }]);
    if (type === 'A') return response(question, 0, [{ type, name, data: address }]);
    return response(question, 0);
  };
}
