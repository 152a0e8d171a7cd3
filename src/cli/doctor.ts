import type { Command } from 'commander';
import type { Loaded } from '../cluster/load.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { connect, type OllamaClient } from '../explain/ollama/client.ts';
import { chooseModel, installedModels, isRemote, serverVersion, showModel } from '../explain/ollama/models.ts';
import { ModelError } from '../explain/provider.ts';
import { layout, type Row, row, span } from '../render/layout.ts';
import { clean } from '../render/terminal.ts';
import { version } from '../report/version.ts';
import { useColor } from './color.ts';
import { configOf } from './config-of.ts';
import { exitCodes } from './exit.ts';
import { hostOf } from './explain.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';
import { loadAnalyzers } from './load-analyzers.ts';
import { givenFlags } from './flags.ts';

/** One thing that was looked at, and what to do about it. */
interface Check {
  readonly state: 'ok' | 'note' | 'bad';
  readonly text: string;
  readonly fix?: string;
}

/** The oldest Ollama that says when a prompt is too long. */
const oldestOllama = [0, 12, 6];
/** What a run usually sets num_ctx to at least. */
const usefulContext = 4_096;

/**
 * Looks at all that a run needs: the cluster, what may be listed, Ollama and its model. Every line that is not well has a fix.
 * @returns 0 when all is well; 2 when the cluster cannot be reached; 3 when something cannot be seen or explained.
 */
export async function doctorCommand(command: Command, io: Io, loaders: Loaders): Promise<number> {
  const config = await configOf(command, io);
  const color = useColor(config.color, io.environment, io.outIsTerminal);
  const print = async (checks: readonly Check[]) => {
    await io.out(layout(checks.flatMap(rowsOf), { columns: io.columns ?? 100, color }));
  };
  const own: Check = { state: 'ok', text: `mekhanikube ${version}, Node ${process.version}` };
  await print([own]);
  const cluster = await clusterChecks(config, command, io, loaders);
  await print(cluster.checks);
  const ollama = await ollamaChecks(config, io);
  await print(ollama);
  if (!cluster.reached) return exitCodes.couldNotRun;
  return [...cluster.checks, ...ollama].some(({ state }) => state === 'bad') ? exitCodes.incomplete : exitCodes.ok;
}

function rowsOf({ state, text, fix }: Check): readonly Row[] {
  const styles = { ok: 'good', note: 'info', bad: 'critical' } as const;
  const marks = { ok: 'ok   ', note: 'note ', bad: 'bad  ' };
  return [
    row('', [span(marks[state], styles[state]), text], '     '),
    ...(fix === undefined ? [] : [row('     ', [span('fix: ', 'strong'), fix], '       ')]),
  ];
}

async function clusterChecks(config: Config, command: Command, io: Io, loaders: Loaders) {
  const progress = await startProgress(io, !config.verbose);
  try {
    const [{ neededResources }, analyzers] = await Promise.all([
      import('../pipeline.ts'),
      loadAnalyzers(givenFlags(command), io.environment),
    ]);
    const loaded = await loaders.live(config, hooksFor(io, config, progress), neededResources(analyzers));
    return { reached: true, checks: [reachedCheck(loaded), ...listChecks(loaded)] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const fix = error.hint ?? 'Check the kubeconfig: kubectl get namespaces has to work.';
    return { reached: false, checks: [{ state: 'bad', text: `Cluster: ${error.message}`, fix } satisfies Check] };
  } finally {
    progress.stop();
  }
}

function reachedCheck({ cluster, stats }: Loaded): Check {
  const { name, server, version: its = 'of unknown version' } = cluster;
  const where = server === undefined ? name : `${name} at ${server}`;
  return { state: 'ok', text: `Cluster ${where}: ${its}, ${stats.objects} objects in ${stats.requests} requests` };
}

/** What may not be listed, reason by reason. */
function listChecks({ gaps, hints }: Loaded): readonly Check[] {
  if (gaps.length === 0) return [{ state: 'ok', text: 'Everything that is looked at may be listed' }];
  const fix = hints[0] ?? 'Give the user the ClusterRole of deploy/rbac.yaml.';
  return [...Map.groupBy(gaps, ({ reason }) => reason)].map(([reason, group]) => ({
    state: 'bad' as const,
    text: `Not listed: ${group.map(({ name }) => name).join(', ')} (${reason})`,
    fix,
  }));
}

async function ollamaChecks(config: Config, io: Io): Promise<readonly Check[]> {
  const host = hostOf(config, io);
  const checks: Check[] = [];
  const onRequest = config.verbose ? (text: string) => io.err(`${clean(text)}\n`) : undefined;
  try {
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(30_000)]);
    const client = await connect({ host, signal, onRequest, timeoutText: `${host.url} did not answer within 30 s` });
    checks.push(versionCheck(await serverVersion(client), host.url));
    if (!host.isPrivate)
      checks.push({
        state: 'note',
        text: `${host.url} is not a private address: what --explain sends leaves your network`,
        fix: 'Run Ollama on this machine, or in your own network.',
      });
    checks.push(...(await modelChecks(client, config)));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const fix = error.hint ?? "Look at Ollama's log.";
    checks.push({ state: 'bad', text: `Ollama: ${error.message}`, fix });
  }
  return checks;
}

function versionCheck(text: string, url: string): Check {
  const parts = text.split(/[.-]/).map(Number);
  const older = oldestOllama.map((part, index) => (parts[index] ?? 0) - part).find((difference) => difference !== 0);
  const at = `Ollama ${text} at ${url}`;
  // What is built from source calls itself so.
  if (text === '0.0.0') return { state: 'ok', text: at };
  return older !== undefined && older < 0
    ? { state: 'bad', text: `${at} is old: it cuts long prompts silently`, fix: 'Update it to 0.12.6 or newer.' }
    : { state: 'ok', text: at };
}

async function modelChecks(client: OllamaClient, { model, allowRemoteModel }: Config): Promise<readonly Check[]> {
  const chosen = chooseModel(await installedModels(client), model);
  const { contextLength, capabilities, remoteHost } = await showModel(client, chosen.name);
  const text = `Model ${chosen.name}`;
  if (isRemote(chosen.name, remoteHost ?? chosen.remoteHost) && !allowRemoteModel)
    return [
      { state: 'bad', text: `${text} runs on the servers of its maker`, fix: 'Choose a local one with --model.' },
    ];
  if (capabilities !== undefined && !capabilities.includes('completion'))
    return [{ state: 'bad', text: `${text} does not write text`, fix: 'Choose another one with --model.' }];
  const context: Check =
    contextLength === undefined
      ? { state: 'note', text: 'The length of its context is not known', fix: 'Look at it: ollama show.' }
      : contextLength < usefulContext
        ? { state: 'bad', text: `Its context of ${contextLength} tokens is small`, fix: 'Choose another with --model.' }
        : { state: 'ok', text: `Its context has ${contextLength} tokens` };
  return [{ state: 'ok', text: `${text} is installed` }, context];
}
