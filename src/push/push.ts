import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, noAnswer, refusal } from './failure.ts';
import type { Gateway } from './gateway.ts';
import { type Answer, openGateway } from './send.ts';

export interface PushOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** One line for each request, for -v. */
  readonly onRequest?: ((text: string) => void) | undefined;
  /** Overridden by tests. In milliseconds. */
  readonly firstWait?: number;
}

/**
 * Sends metrics to a push gateway, again after server errors and connections that break, after waits that double. PUT replaces the
 * whole group, POST only what has the same names.
 * @param text the exposition, with its last line feed.
 * @returns why it did not succeed; undefined where it did.
 * @throws UserError where a certificate or a proxy in the configuration is broken; the reason of the signal.
 */
export async function push(gateway: Gateway, text: string, options: PushOptions): Promise<Failure | undefined> {
  const { signal, firstWait = 500 } = options;
  const client = await openGateway(gateway, options);
  try {
    for (let tries = 1; ; tries += 1) {
      const failure = await once(gateway, () => client.send(text), signal);
      if (failure === undefined) return undefined;
      if (!failure.passes || tries > gateway.retries)
        return tries === 1 ? failure : { ...failure, why: `${failure.why} (tried ${tries} times)` };
      await sleep(firstWait * 2 ** (tries - 1), undefined, { signal });
    }
  } finally {
    await client.close();
  }
}

async function once(gateway: Gateway, send: () => Promise<Answer>, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    const answer = await send();
    return answer.status >= 200 && answer.status < 300 ? undefined : refusal(answer, gateway);
  } catch (error) {
    signal.throwIfAborted();
    return noAnswer(error, gateway);
  }
}
