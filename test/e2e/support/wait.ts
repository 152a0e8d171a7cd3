import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer; false and undefined are none.
 * @throws where there is none after `seconds`, with what was waited for and the last error.
 */
export async function until<T>(what: string, ask: () => Promise<T | false | undefined>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  let problem: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    if (Date.now() > end) throw new Error(`after ${seconds} s still waiting for ${what}`, { cause: problem });
    await sleep(100);
  }
}

export { sleep };
