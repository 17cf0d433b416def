import type { Socket } from 'node:net';
import type { TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { dispatch } from './commands/dispatch.ts';
import { FrameReader } from './frames.ts';
import { type CommandMessage, encodeReply, parseMessage } from './message.ts';
import { type ServerState, Session } from './session.ts';

/**
 * Serves one client until it goes: message after message, in order, the next one only when the last is answered.
 * Bytes that are no message end this connection and no other.
 */
export async function serve(socket: Socket, connectionId: number, server: ServerState): Promise<void> {
  socket.on('error', () => {});
  const session = new Session(connectionId, `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`);
  const frames = new FrameReader();
  let replies = 0;
  try {
    // Reading from the socket as a stream stops it while a command runs: a client cannot make us buffer without end.
    for await (const chunk of socket) {
      for (const frame of frames.push(chunk as Buffer)) {
        await server.wait();
        const message = parseMessage(frame);
        const reply: TypedDocument | null = await dispatch(message, session, server);
        if (reply === null) return;
        if (message.moreToCome || socket.destroyed) continue;
        replies += 1;
        if (!socket.write(encoded(message, replies, reply))) await drained(socket);
      }
    }
  } catch (error) {
    // An error with a code is the network's: a client that went away.
    if (error instanceof Error && !('code' in error)) {
      server.log.add({
        hop: 'mongod',
        action: 'read a message',
        principal: session.user,
        decision: 'refused',
        reason: `${session.peer}: ${error.message}; the connection is closed`,
      });
    }
  } finally {
    socket.destroy();
  }
}

/** The reply, or a refusal in its place when it is longer than a message may be. */
function encoded(message: CommandMessage, id: number, reply: TypedDocument): Buffer {
  try {
    return encodeReply(message, id, reply);
  } catch {
    const tooLarge = new CommandError('BSONObjectTooLarge', 'the reply is larger than a document may be');
    return encodeReply(message, id, tooLarge.toReply());
  }
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      socket.off('drain', end).off('close', end);
      resolve();
    };
    socket.on('drain', end).on('close', end);
  });
}
