import { expect, test } from 'vitest';
import { transportFault } from '../../../src/lib/net/transport-fault.ts';
import { dispatcher, fetchThrough } from '../../../src/lib/net/undici.ts';
import { answers, hostileServer } from '../../support/hostile-server.ts';

// In a file of its own: where undici's copy is loaded, the fetch of Node.js takes its connections from it.
test("undici's own copy gives what it cannot parse no code, and is understood", async () => {
  const server = await hostileServer(answers('SSH-2.0-OpenSSH_9.9\r\n'));
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  const error = await fetchThrough(dispatcher(null, undefined), url, {}).catch((caught: unknown) => caught);
  await server.close();
  expect(transportFault(error)).toMatchObject({
    kind: 'unreachable',
    code: 'HTTPParserError',
    reason: 'what answers there does not speak HTTP',
  });
});
