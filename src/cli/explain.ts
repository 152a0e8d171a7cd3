import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { explainWithModel, planned } from '../explain/model.ts';
import { connect } from '../explain/ollama/client.ts';
import { type OllamaHost, parseHost } from '../explain/ollama/host.ts';
import { ollamaProvider } from '../explain/ollama/provider.ts';
import type { Explanation, Report } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';
import type { Diagnosis } from '../pipeline.ts';
import { clean } from '../render/terminal.ts';
import { explanationRows, explanationsHead, unexplainedRow } from '../render/text-explanations.ts';
import { withExplanations } from '../report/explained.ts';
import type { Loaded } from '../cluster/load.ts';
import { fileCache } from '../explain/cache.ts';
import type { Io } from './io.ts';
import type { ExplainListener } from './print-report.ts';
import { startProgress } from './progress.ts';

type TitleOf = (code: string) => string | undefined;
type Diagnosed = Diagnosis & { readonly loaded: Loaded };

/** What can be done once prompts and addresses are known to be right. */
export interface Explaining {
  /** Has a model explain a report, telling as it goes. @returns the report with the explanations. */
  readonly explain: (diagnosed: Diagnosed, titleOf: TitleOf, listener: ExplainListener) => Promise<Report>;
  /** Prints what would be sent, and sends nothing. */
  readonly showPrompts: (diagnosed: Diagnosed, titleOf: TitleOf) => Promise<void>;
}

/** The address of Ollama: a flag or the configuration, then OLLAMA_HOST. @throws UserError where it cannot be read. */
export function hostOf(config: Pick<Config, 'ollamaHost'>, io: Pick<Io, 'environment'>): OllamaHost {
  return parseHost(config.ollamaHost ?? io.environment['OLLAMA_HOST']);
}

/** Reads the prompts and the address, before the cluster is read. @throws UserError where one of them is wrong. */
export async function prepare(config: Config, io: Io): Promise<Explaining> {
  const prompts = await (await import('../prompts.ts')).loadPrompts(io.environment);
  const host = hostOf(config, io);
  const common = (diagnosed: Diagnosed, titleOf: TitleOf) => ({
    told: shownIn(config, diagnosed),
    titleOf,
    prompts,
    language: config.language,
    mark: randomBytes(8).toString('hex'),
  });
  return {
    showPrompts: async (diagnosed, titleOf) => {
      const { batches, numCtx } = planned(common(diagnosed, titleOf));
      for (const { messages, schema, maxTokens } of batches) {
        const request = { messages, format: schema, options: { num_ctx: numCtx, num_predict: maxTokens } };
        await io.out(`${promptText(request)}\n`);
      }
      if (batches.length === 0) io.err('Nothing is to be explained.\n');
    },
    explain: async (diagnosed, titleOf, listener) => {
      if (!host.isPrivate)
        io.err(
          `warning: ${clean(host.url)} is not a private address: what the report says of your cluster is sent there.\n`,
        );
      const options = { ...common(diagnosed, titleOf), snapshot: diagnosed.loaded.snapshot };
      return explainTo(diagnosed.report, options, { config, io, host, listener });
    },
  };
}

async function explainTo(
  report: Report,
  options: Omit<Parameters<typeof explainWithModel>[0], 'provider' | 'cache' | 'onProgress'>,
  { config, io, host, listener }: { config: Config; io: Io; host: OllamaHost; listener: ExplainListener },
): Promise<Report> {
  const { explainTimeout: timeout, model } = config;
  const signal = timeout > 0 ? AbortSignal.any([io.signal, AbortSignal.timeout(timeout)]) : io.signal;
  const client = await connect({
    host,
    signal,
    onRequest: config.verbose ? (text) => io.err(`${clean(text)}\n`) : undefined,
    timeoutText: `there was no answer within ${timeout / 1000} s`,
  });
  const explanations = new Map<string, Explanation>();
  const gaps: Gap[] = [];
  const hints: string[] = [];
  const asked = new Set(options.told.map(({ incident }) => incident.id));
  const others = report.incidents.filter(({ id }) => !asked.has(id));
  await listener.onFinal(new Map(others.map(({ id, explanation }) => [id, explanation])));
  let progress = await startProgress(io, !config.verbose);
  try {
    const all = explainWithModel({
      ...options,
      provider: ollamaProvider({ client, model, allowRemote: config.allowRemoteModel }),
      cache: config.cache ? fileCache(cacheFolder(io)) : undefined,
      onProgress: (text) => progress.say(clean(text)),
    });
    for await (const { entries, gap, hint } of all) {
      progress.stop();
      const head = explanations.size === 0 ? explanationsHead() : [];
      for (const { id, explanation } of entries) explanations.set(id, explanation);
      const used = entries.filter(({ explanation }) => explanation.source === 'model');
      await listener.say([
        ...head,
        ...explanationRows(report, used),
        ...(gap === undefined ? [] : [unexplainedRow(gap)]),
      ]);
      await listener.onFinal(new Map(entries.map(({ id, explanation }) => [id, explanation])));
      if (gap !== undefined) {
        gaps.push(gap);
        hints.push(`${gap.name} could not be explained: ${gap.reason}.${hint === undefined ? '' : ` ${hint}`}`);
      }
      progress = await startProgress(io, !config.verbose);
    }
  } finally {
    progress.stop();
  }
  const [hint] = hints;
  if (hint !== undefined) io.err(`hint: ${clean(hint)}\n`);
  return withExplanations(report, { explanations, gaps });
}

/** The incidents that the text shows: as bad as --severity says. */
function shownIn({ severity }: Config, { told }: Diagnosis): Diagnosis['told'] {
  const severities = ['critical', 'warning', 'info'];
  const least = severities.indexOf(severity);
  return told.filter(({ incident }) => severities.indexOf(incident.severity) <= least);
}

function cacheFolder({ environment }: Io): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'mekhanikube', 'explanations');
}

/** A request as people read it. */
function promptText({
  messages,
  format,
  options,
}: {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly format: unknown;
  readonly options: unknown;
}): string {
  const parts = messages.map(({ role, content }) => `--- ${role}\n${content.split('\n').map(clean).join('\n')}`);
  return [...parts, `--- format\n${JSON.stringify(format)}`, `--- options\n${JSON.stringify(options)}`].join('\n\n');
}
