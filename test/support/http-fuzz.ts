import { Dice, mutateBytes } from './dice.ts';
import { type Answer, answerTo, answerToBytes, requestBytes } from './raw-http.ts';
import type { SignedRequest } from './sign-request.ts';

/** `npm run bench -- fuzz` sets the total number of requests, which the tests share. A seed repeats a run. */
const TOTAL = Number(process.env['FEDCTL_FUZZ_REQUESTS'] ?? 5600);
const TESTS = 7;

/** The options of each fuzz test: its share of the requests, the seed, and the timeout in milliseconds. */
export const FUZZ = {
  rounds: Math.ceil(TOTAL / TESTS),
  seed: Number(process.env['FEDCTL_FUZZ_SEED'] ?? 20_261_122),
  timeout: 20_000 + TOTAL * 10,
} as const;

/** The number of concurrent clients. */
const LANES = 8;

export interface Fault {
  readonly seed: number;
  readonly round: number;
  readonly sent: string;
  readonly answer: string;
}

/** Sends the random requests of `ask`, and returns the responses with status 500 or for which `isFault` is true. */
export async function fuzz(
  ask: (dice: Dice) => Promise<{ readonly sent: string; readonly answer: Answer }>,
  isFault: (answer: Answer) => boolean,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  await Promise.all(
    Array.from({ length: LANES }, async (_, index) => {
      const seed = FUZZ.seed + index;
      const dice = new Dice(seed);
      for (let round = 0; round < FUZZ.rounds / LANES && faults.length < 5; round += 1) {
        const { sent, answer } = await ask(dice);
        if (isFault(answer) || answer.status === 500) faults.push({ seed, round, sent, answer: answer.text });
      }
    }),
  );
  return faults;
}

/** Sends a request unchanged. */
export async function whole(url: string, request: SignedRequest) {
  return { sent: JSON.stringify(request), answer: await answerTo(url, request) };
}

/** Sends the bytes of a damaged request. */
export async function broken(dice: Dice, url: string, request: SignedRequest) {
  const bytes = mutateBytes(dice, requestBytes(request));
  return { sent: bytes.toString('latin1'), answer: await answerToBytes(url, bytes) };
}
