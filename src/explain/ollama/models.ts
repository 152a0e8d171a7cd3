import { z } from 'zod';
import { ModelError } from '../provider.ts';
import type { OllamaClient } from './client.ts';
import { recommended } from './recommended.ts';

/** A model as `GET /api/tags` lists it. */
export interface InstalledModel {
  readonly name: string;
  readonly digest: string;
  /** Bytes on disk. */
  readonly size: number;
  readonly parameters: string | undefined;
  readonly quantization: string | undefined;
  readonly family: string | undefined;
  /** The server that really runs it, for models of a cloud. */
  readonly remoteHost: string | undefined;
}

/** What `POST /api/show` says of a model. */
export interface ShownModel {
  readonly contextLength: number | undefined;
  readonly capabilities: readonly string[] | undefined;
  readonly remoteHost: string | undefined;
}

const text = z.string().optional().catch(undefined);
const tags = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        digest: z.string().catch(''),
        size: z.number().catch(0),
        remote_host: text,
        details: z.object({ parameter_size: text, quantization_level: text, family: text }).optional().catch(undefined),
      }),
    )
    .nullish(),
});
const show = z.object({
  capabilities: z.array(z.string()).optional().catch(undefined),
  remote_host: text,
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** The models on the server, by name. */
export async function installedModels(client: OllamaClient): Promise<readonly InstalledModel[]> {
  const { models } = read(tags, await client.call(() => client.api.list()), client);
  return (models ?? [])
    .map(({ name, digest, size, remote_host: remoteHost, details }) => ({
      name,
      digest,
      size,
      parameters: details?.parameter_size,
      quantization: details?.quantization_level,
      family: details?.family,
      remoteHost,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

export async function showModel(client: OllamaClient, name: string): Promise<ShownModel> {
  const shown = read(show, await client.call(() => client.api.show({ model: name })), client);
  const info = shown.model_info ?? {};
  const length = info[`${String(info['general.architecture'])}.context_length`];
  return {
    contextLength: typeof length === 'number' && length > 0 ? length : undefined,
    capabilities: shown.capabilities,
    remoteHost: shown.remote_host,
  };
}

/** The server's version. */
export async function serverVersion(client: OllamaClient): Promise<string> {
  const { version } = read(z.object({ version: z.string() }), await client.call(() => client.api.version()), client);
  return version;
}

/** True where a model runs elsewhere although the server is here. */
export function isRemote(name: string, remoteHost: string | undefined): boolean {
  return (remoteHost !== undefined && remoteHost !== '') || /(?::|-)cloud$/.test(name);
}

/** The model wanted, as the server spells it, or else the best of those installed. @throws ModelError where there is none. */
export function chooseModel(installed: readonly InstalledModel[], wanted: string | undefined): InstalledModel {
  if (wanted !== undefined) {
    const full = fullName(wanted);
    const found = installed.find(({ name }) => fullName(name) === full);
    if (found !== undefined) return found;
    throw new ModelError('missing', `the model ${wanted} is not installed`, {
      hint: `Install it: mekhanikube models pull ${wanted}.`,
    });
  }
  const local = installed.filter(
    ({ name, remoteHost, family }) => !isRemote(name, remoteHost) && !/bert|embed/i.test(`${family ?? ''} ${name}`),
  );
  const known = recommended.toReversed().map(({ name }) => local.find((one) => one.name === name));
  const best = known.find((one) => one !== undefined) ?? local[0];
  if (best !== undefined) return best;
  throw new ModelError('missing', 'no model is installed', {
    hint: 'Install one: "mekhanikube models" says which suits this machine.',
  });
}

/** `llama3` is `llama3:latest`. */
function fullName(name: string): string {
  return (name.lastIndexOf(':') > name.lastIndexOf('/') ? name : `${name}:latest`).toLowerCase();
}

function read<Schema extends z.ZodType>(schema: Schema, raw: unknown, { host }: OllamaClient): z.output<Schema> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw new ModelError('not-ollama', `${host.url} answered with something that is not Ollama's`, {
    hint: 'Check the address: --ollama-host, or OLLAMA_HOST.',
  });
}
