import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type LoadedLab, startLoadedLab } from '../../support/loaded-lab.ts';
import { WireClient } from '../../support/wire-client.ts';

/** `npm run bench -- soak` asks for 20,000. */
const LOGINS = Number(process.env['FEDCTL_SOAK_LOGINS'] ?? 2000);
/** So many at a time. */
const BATCH = 50;
/** Before the first look everything is loaded, compiled and as large as it gets: the log is full by then. */
const WARM_UP = 1500;
/** How often the heap is looked at. */
const LOOKS = 8;
/**
 * The heap breathes by this much, in bytes, however many logins there were (300,000 were seen): what leaks is soon
 * more, a kilobyte by each of the thousand logins between the looks.
 */
const BREATH = 600_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Half by each mechanism, every tenth refused; each on a connection of its own. */
async function logIn(lab: LoadedLab, token: string, count: number): Promise<number> {
  let granted = 0;
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: BATCH }, async (_, index) => {
      const client = await WireClient.connect(lab.mongoPort);
      const isIn =
        index % 2 === 0
          ? await lab.loginByToken(client, index % 10 === 0 ? `${token}A` : token)
          : await lab.loginByKeys(client);
      client.socket.end();
      await client.end();
      return isIn;
    });
    granted += (await Promise.all(batch)).filter(Boolean).length;
  }
  return granted;
}

/** What is in use once nothing is under way: the heap in bytes, and the handles of the network. */
async function inUse(): Promise<{ heap: number; handles: Readonly<Record<string, number>> }> {
  // Finalizers run between the collections, and connections are let go of a turn after they closed.
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (/TCP|TLS|HTTP|Pipe/.test(name)) handles[name] = (handles[name] ?? 0) + 1;
  }
  return { heap: process.memoryUsage().heapUsed, handles };
}

test(`${LOGINS} logins leave nothing behind`, { timeout: 60_000 + LOGINS * 20 }, async () => {
  const lab = await startLoadedLab();
  try {
    const token = await lab.token();
    await logIn(lab, token, WARM_UP);
    const before = await inUse();
    const looks: { heap: number; handles: object }[] = [];
    let granted = 0;
    for (let look = 0; look < LOOKS; look += 1) {
      granted += await logIn(lab, token, LOGINS / LOOKS);
      looks.push(await inUse());
    }
    const lowest = (from: number) => Math.min(...looks.slice(from, from + LOOKS / 2).map(({ heap }) => heap));
    const grown = lowest(LOOKS / 2) - lowest(0);
    process.stdout.write(`${LOGINS} logins: ${Math.round(grown / (LOGINS / 2))} bytes left by each\n`);
    expect(granted).toBe(LOGINS * 0.9);
    expect(looks.map(({ handles }) => handles)).toEqual(looks.map(() => before.handles));
    expect(grown).toBeLessThan(BREATH);
  } finally {
    await lab.close();
  }
});
