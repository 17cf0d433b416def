import type { Socket } from 'node:net';
import type { TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { dispatch } from './commands/dispatch.ts';
import { FrameReader } from './frames.ts';
import { type CommandMessage, encodeReply, parseMessage } from './message.ts';
import { type ServerState, Session } from './session.ts';

/**
 * Serves one client until the client disconnects. Processes the messages in order, one at a time. A malformed message
 * closes only the connection of this client.
 */
export async function serve(socket: Socket, connectionId: number, server: ServerState): Promise<void> {
  socket.on('error', () => {});
  const session = new Session(connectionId, `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`);
  const frames = new FrameReader();
  let replies = 0;
  try {
    // While a command runs, the async iteration does not read from the socket. A client therefore cannot fill the lab's
    // memory.
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
    // A network error has the property `code` and is not logged. A network error occurs, for example, when the client
    // disconnects.
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

/** Encodes the reply. If the reply is too large, encodes an error reply. */
function encoded(message: CommandMessage, id: number, reply: TypedDocument): Buffer {
  try {
    return encodeReply(message, id, reply);
  } catch {
    const tooLarge = new CommandError('BSONObjectTooLarge', 'the reply exceeds the maximum document size');
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
