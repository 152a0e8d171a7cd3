import { ModelError } from '../provider.ts';
import type { OllamaClient } from './client.ts';

/**
 * Has the server download a model. `onProgress` is told what it does, and how much of a file it has.
 * @throws ModelError where it cannot: Ollama tells so in a line of a successful answer.
 */
export async function pullModel(
  client: OllamaClient,
  name: string,
  onProgress: (progress: { readonly status: string; readonly percent?: number }) => void,
): Promise<void> {
  await client.call(async () => {
    for await (const { status, total, completed } of await client.api.pull({ model: name, stream: true })) {
      const known = total > 0 && completed !== undefined;
      onProgress({ status, ...(known ? { percent: Math.floor((completed / total) * 100) } : {}) });
      if (status === 'success') return;
    }
    throw new ModelError('broken', 'the download ended before its end', { hint: 'Start it again: it goes on.' });
  });
}
