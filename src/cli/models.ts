import { totalmem } from 'node:os';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { connect, type OllamaClient } from '../explain/ollama/client.ts';
import { installedModels, isRemote, showModel } from '../explain/ollama/models.ts';
import { pullModel } from '../explain/ollama/pull.ts';
import { recommended, recommendedFor } from '../explain/ollama/recommended.ts';
import { ModelError } from '../explain/provider.ts';
import { clean } from '../render/terminal.ts';
import { configOf } from './config-of.ts';
import { hostOf } from './explain.ts';
import { useColor } from './color.ts';
import type { Io } from './io.ts';
import { startProgress } from './progress.ts';
import { blank, layout, line, type Row, row, span } from '../render/layout.ts';
import { jsonText } from '../render/json-text.ts';

/** Lists the models that are installed, and says which suits this machine. @returns the exit code. */
export async function modelsCommand(format: 'text' | 'json', command: Command, io: Io): Promise<number> {
  const { client, config } = await clientFor(command, io);
  const memory = totalmem();
  const suited = recommendedFor(memory);
  const installed = await asUser(() => installedModels(client));
  const models = await Promise.all(
    installed.map(async (model) => {
      const shown = await showModel(client, model.name).catch(() => undefined);
      return { ...model, contextLength: shown?.contextLength, capabilities: shown?.capabilities };
    }),
  );
  if (format === 'json') {
    const rest = { recommended: suited.name, memory, recommendations: recommended };
    await io.out(jsonText({ host: client.host.url, models, ...rest }));
    return 0;
  }
  const width = Math.max(0, ...models.map(({ name }) => name.length));
  const rows: readonly Row[] = [
    row('', ['Installed at ', span(client.host.url, 'strong'), ':']),
    ...(models.length === 0 ? [line('  ', ['none'])] : []),
    ...models.map(({ name, size, parameters, quantization, contextLength, remoteHost }) =>
      line('  ', [
        span(name.padEnd(width), 'strong'),
        '  ',
        [
          isRemote(name, remoteHost) ? 'runs on the servers of its maker' : gigabytes(size),
          ...(parameters === undefined ? [] : [`${parameters} parameters`]),
          ...(quantization === undefined ? [] : [quantization]),
          ...(contextLength === undefined ? [] : [`context ${contextLength}`]),
        ].join(', '),
      ]),
    ),
    blank,
    row('', [`Recommended for ${gigabytes(memory)} of memory, that of this machine:`]),
    line('  ', [span(suited.name, 'strong'), `  ${suited.download} GB to download`]),
    ...(models.some(({ name }) => name === suited.name)
      ? []
      : [line('  ', [span(`mekhanikube models pull ${suited.name}`, 'command')])]),
  ];
  const color = useColor(config.color, io.environment, io.outIsTerminal);
  await io.out(layout(rows, { columns: io.columns ?? 80, color }));
  return 0;
}

/**
 * Installs a model, with progress on stderr: without a name the one of the configuration, else the one that suits this machine.
 * @returns the exit code.
 */
export async function pullCommand(asked: string | undefined, command: Command, io: Io): Promise<number> {
  const { client, config } = await clientFor(command, io);
  const name = asked ?? config.model ?? recommendedFor(totalmem()).name;
  if (asked === undefined) io.err(`Installing ${clean(name)}.\n`);
  const progress = await startProgress(io, true);
  try {
    let last = -1;
    await asUser(() =>
      pullModel(client, name, ({ status, percent }) => {
        progress.say(clean(percent === undefined ? status : `${status} ${percent} %`));
        if (io.errIsTerminal || percent === undefined || percent < last + 10) return;
        last = percent;
        io.err(`${percent} %\n`);
      }),
    );
  } finally {
    progress.stop();
  }
  io.err(`Installed ${clean(name)}.\n`);
  return 0;
}

async function clientFor(command: Command, io: Io) {
  const config = await configOf(command, io);
  const host = hostOf(config, io);
  const onRequest = config.verbose ? (text: string) => io.err(`${clean(text)}\n`) : undefined;
  const client: OllamaClient = await connect({ host, signal: io.signal, onRequest });
  return { client, config };
}

/** Failures of Ollama end these commands: they are about nothing else. */
async function asUser<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UserError(`ollama-${error.problem}`, error.message, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
