import { type Answer, ModelError, type ModelFacts, type Provider, type Question } from '../provider.ts';
import type { OllamaClient } from './client.ts';
import { chooseModel, installedModels, isRemote, showModel } from './models.ts';

export interface OllamaOptions {
  readonly client: OllamaClient;
  /** The model by name; without one the best that is installed is taken. */
  readonly model: string | undefined;
  /** Allow models that run elsewhere although Ollama runs here. */
  readonly allowRemote: boolean;
}

/** A model of an Ollama server. */
export function ollamaProvider({ client, model, allowRemote }: OllamaOptions): Provider {
  let known: Promise<ModelFacts> | undefined;
  const facts = async (): Promise<ModelFacts> => {
    if (model !== undefined && !allowRemote && isRemote(model, undefined)) throw remote(model);
    const installed = await installedModels(client);
    const chosen = chooseModel(installed, model);
    if (!allowRemote && isRemote(chosen.name, chosen.remoteHost)) throw remote(chosen.name);
    const shown = await showModel(client, chosen.name);
    if (!allowRemote && isRemote(chosen.name, shown.remoteHost)) throw remote(chosen.name);
    if (shown.capabilities !== undefined && !shown.capabilities.includes('completion'))
      throw new ModelError('missing', `${chosen.name} is no model that writes text`, {
        hint: 'Choose another with --model: see "mekhanikube models".',
      });
    return {
      name: chosen.name,
      digest: chosen.digest,
      contextLength: shown.contextLength,
      thinks: shown.capabilities?.includes('thinking') === true,
    };
  };
  const once = () => (known ??= facts());
  return { facts: once, ask: async (question) => ask(client, await once(), question) };
}

function remote(name: string): ModelError {
  return new ModelError('remote', `${name} runs on the servers of its maker: what it is told leaves this machine`, {
    hint: 'Choose a local model, or allow it with --allow-remote-model.',
  });
}

async function ask(client: OllamaClient, facts: ModelFacts, question: Question): Promise<Answer> {
  const { messages, schema, numCtx, maxTokens, seed, onPiece } = question;
  return client.call(async () => {
    const request = {
      model: facts.name,
      messages: [...messages],
      stream: true as const,
      format: schema,
      // Not in the package's types: without it a prompt that is too long is silently cut.
      truncate: false,
      keep_alive: '5m',
      ...(facts.thinks ? { think: false } : {}),
      options: { num_ctx: numCtx, num_predict: maxTokens, temperature: 0, seed },
    };
    const stream = await client.api.chat(request);
    let text = '';
    let pieces = 0;
    for await (const part of stream) {
      text += part.message?.content ?? '';
      onPiece?.((pieces += 1));
      if (part.done)
        return {
          text,
          end: part.done_reason === 'length' ? 'length' : 'stop',
          promptTokens: part.prompt_eval_count,
          answerTokens: part.eval_count,
        };
    }
    throw new ModelError('broken', 'the answer stopped in its middle');
  });
}
