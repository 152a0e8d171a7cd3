import { Command, Option } from 'commander';
import { analyzersCommand } from './analyzers.ts';
import { analyzeCommand } from './analyze.ts';
import { addDiffFlags, addExplainFlags, addOutputFlags, addPushFlags, addWatchFlags } from './command-flags.ts';
import {
  addCertificateFlags,
  addCheckFlags,
  addFleetFlags,
  addGlobalFlags,
  addNamespaceFlag,
  addOllamaFlags,
  addRecordingFlags,
  addScopeFlags,
  addSecretsFlag,
  collect,
  givenFlags,
} from './flags.ts';
import { examples, exitCodesHelp, groups } from './help.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { snapshotCommand } from './snapshot.ts';
import { version } from '../report/version.ts';
import { usageError } from './usage-error.ts';
import { versionCommand } from './version.ts';

/**
 * The command line. It never ends the process: it throws CommanderError for help and bad flags, and hands the exit code of what it
 * ran to `done`.
 */
export function createProgram(io: Io, loaders: Loaders, done: (exitCode: number) => void): Command {
  const program = new Command('mekhanikube')
    .description('Tells what is wrong with a Kubernetes cluster, why, and what to do.')
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: (text) => io.err(text) })
    .configureHelp({ showGlobalOptions: true, helpWidth: io.columns ?? 100 })
    .exitOverride()
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', examples + exitCodesHelp);
  addGlobalFlags(program);
  program.commandsGroup(groups.diagnosis);
  const analyze = program
    .command('analyze')
    .description('diagnose a cluster, or a recording of one')
    .argument('[targets...]', 'only incidents that touch these: deployment/web, pod/api-0, or deployments');
  for (const add of [addFleetFlags, addSecretsFlag, addScopeFlags, addOutputFlags, addCheckFlags, addExplainFlags])
    add(analyze);
  addRecordingFlags(addPushFlags(analyze)).addHelpText('after', exitCodesHelp);
  analyze.action(async (targets: string[], _flags, command: Command) => {
    done(await analyzeCommand(targets, command, io, loaders));
  });

  const watch = program
    .command('watch')
    .description('look at a cluster again and again: print what changes, serve metrics and the last report')
    .argument('[targets...]', 'only incidents that touch these, as for analyze');
  for (const add of [addWatchFlags, addSecretsFlag, addScopeFlags, addCheckFlags]) add(watch);
  watch.action(async (targets: string[], _flags, command: Command) => {
    const { watchCommand } = await import('./watch.ts');
    done(await watchCommand(targets, command, io, loaders));
  });

  const diff = program
    .command('diff')
    .description('tell what changed between two reports or recordings: new, worse, better, resolved, out of sight')
    .argument('<old>', 'a JSON report, or a recording, which is analysed; - is a report at stdin')
    .argument('<new>', 'the same, of a later moment');
  addDiffFlags(diff);
  diff.action(async (earlier: string, later: string, _flags, command: Command) => {
    const { diffCommand } = await import('./diff.ts');
    done(await diffCommand({ earlier, later }, command, io, loaders));
  });

  program.commandsGroup(groups.lists);
  const gpu = program
    .command('gpu')
    .description('list the accelerators of a cluster: how many, who holds them, who waits for them and why')
    .addOption(
      new Option('-o, --output <format[=file]>', 'text or json, to a file if one is named; repeatable').argParser(
        collect,
      ),
    );
  addRecordingFlags(gpu);
  gpu.action(async (_flags, command: Command) => {
    const { gpuCommand } = await import('./gpu.ts');
    done(await gpuCommand(command, io, loaders));
  });

  const certs = program
    .command('certs')
    .description('list the certificates of a cluster, worst first: where, for whom, by whom, who uses and renews them')
    .addOption(
      new Option('-o, --output <format[=file]>', 'text or json, to a file if one is named; repeatable').argParser(
        collect,
      ),
    )
    .option('--tree', 'text: authorities, and below them what they signed');
  addNamespaceFlag(certs, 'only what lies in this namespace or is used there; repeatable');
  for (const add of [addCertificateFlags, addSecretsFlag, addRecordingFlags]) add(certs);
  certs.action(async (_flags, command: Command) => {
    const { certsCommand } = await import('./certs.ts');
    done(await certsCommand(command, io, loaders));
  });

  program
    .command('analyzers')
    .description('list what is looked for: codes, severities, what is read, settings')
    .addOption(new Option('-o, --output <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action(async ({ output }: { output: 'text' | 'json' }, command: Command) => {
      const flags = givenFlags(command);
      const color = flags['color'] === false ? false : undefined;
      done(await analyzersCommand(io, flags, { format: output, color }));
    });

  program.commandsGroup(groups.records);
  const snapshot = program
    .command('snapshot')
    .description('record a cluster to a file, redacted, for analyze --from')
    .argument('<file>', 'where to write it: gzip of JSON lines; - is stdout');
  addNamespaceFlag(snapshot, 'read this namespace, where the whole cluster may not be read; repeatable');
  addRecordingFlags(addSecretsFlag(snapshot));
  snapshot.action(async (file: string, _flags, command: Command) => {
    done(await snapshotCommand(file, command, io, loaders));
  });

  const push = program
    .command('push')
    .description('send a JSON report to a push gateway, as metrics for Prometheus')
    .argument('[file]', 'what analyze -o json wrote; - or nothing is stdin', '-');
  addPushFlags(push, { short: true });
  push.action(async (file: string, _flags, command: Command) => {
    const { pushCommand } = await import('./push.ts');
    done(await pushCommand(file, command, io));
  });

  program.commandsGroup(groups.setUp).helpCommand('help [command]', 'display help for command');
  const doctor = program
    .command('doctor')
    .description('look at all that a run needs: cluster, rights, Ollama, model; each line that is not well has a fix')
    .option('--model <name>', 'model to look at (default: the best that is installed)')
    .option('--allow-remote-model', 'allow models that run on the servers of their makers');
  addNamespaceFlag(doctor, 'look at this namespace, where the whole cluster may not be read; repeatable');
  addOllamaFlags(addSecretsFlag(doctor));
  doctor.action(async (_flags, command: Command) => {
    const { doctorCommand } = await import('./doctor.ts');
    done(await doctorCommand(command, io, loaders));
  });

  const models = program
    .command('models')
    .description('list the models of Ollama, and say which suits this machine')
    .addOption(new Option('-o, --output <format>', 'text or json').choices(['text', 'json']).default('text'));
  addOllamaFlags(models);
  models.action(async ({ output }: { output: 'text' | 'json' }, command: Command) => {
    const { modelsCommand } = await import('./models.ts');
    done(await modelsCommand(output, command, io));
  });
  const pull = models
    .command('pull')
    .description('have Ollama install a model')
    .argument('[name]', 'such as qwen3:8b (default: MEKHANIKUBE_MODEL, then what suits this machine)');
  addOllamaFlags(pull);
  pull.action(async (name: string | undefined, _flags, command: Command) => {
    const { pullCommand } = await import('./models.ts');
    done(await pullCommand(name, command, io));
  });

  program
    .command('version')
    .description('print the versions of the program and of the API server')
    .option('--client', 'only that of the program')
    .action(async (flags: { client?: boolean }, command: Command) => {
      done(await versionCommand(flags.client === true, command, io, loaders));
    });

  for (const command of [program, ...program.commands, pull])
    command.configureOutput({ outputError: (text, write) => write(usageError(text, command)) });
  return program;
}
