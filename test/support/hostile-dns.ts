import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

export interface Question {
  readonly id: number;
  readonly type: string;
  readonly name: string;
}

export interface HostileDns {
  /** The address, `127.0.0.1:port`. */
  readonly address: string;
  /** A question, for example `SRV _mongodb._tcp.db.example.test`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Returns the response to a question as bytes, or null for no response. */
export type Answering = (question: Question) => Buffer | null;

/** A DNS server on 127.0.0.1, over UDP, with the responses of the test. */
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
 * Builds a response with these records, or with none.
 *
 * @param flags the response code (RFC 1035, 4.1.1), and 0x200 for a truncated response
 */
export function response(question: Question, flags: number, answers: readonly Answer[] = []): Buffer {
  const { id, type, name } = question;
  const questions = [{ type, name }] as NonNullable<Packet['questions']>;
  return encode({ type: 'response', id, flags: flags | RECURSION, questions, answers: [...answers] });
}

/** Responds like the DNS server of a cluster with one member. */
export function leadsTo(member: string, port: number, address = '127.0.0.1'): Answering {
  return (question) => {
    const { type, name } = question;
    if (type === 'SRV') return response(question, 0, [{ type, name, data: { target: member, port } }]);
    if (type === 'A') return response(question, 0, [{ type, name, data: address }]);
    return response(question, 0);
  };
}
