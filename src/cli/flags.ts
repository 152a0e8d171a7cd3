import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';

/** Collects the values of a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

/** What --ollama-host says of itself. */
export const hostHelp = 'where Ollama listens (default: OLLAMA_HOST, then 127.0.0.1:11434)';

/** Flags of every command: which cluster, and how to talk about it. */
export function addGlobalFlags(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      'kubeconfig to use (default: KUBECONFIG, then ~/.kube/config, then the service account of the pod)',
    )
    .addOption(new Option('--context <name>', 'context of the kubeconfig; analyze: repeatable').argParser(collect))
    .option('--cluster <name>', 'cluster of the kubeconfig')
    .option('--user <name>', 'user of the kubeconfig')
    .option(
      '--token <token>',
      'bearer token to send in place of the credentials of the user; better as MEKHANIKUBE_TOKEN',
    )
    .option('--as <user>', 'user to impersonate')
    .addOption(new Option('--as-group <group>', 'group to impersonate; repeatable').argParser(collect))
    .option('--request-timeout <time>', 'give up on a request after this time: 30s, 1m, 0 for never')
    .option('--insecure-skip-tls-verify', "do not check the API server's certificate")
    .option(
      '--config <file>',
      'configuration file (default: MEKHANIKUBE_CONFIG, then $XDG_CONFIG_HOME/mekhanikube/config.yaml)',
    )
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are heeded as well)')
    .option('-v, --verbose', 'print every request with status, bytes and milliseconds to stderr');
}

/** Where a user who may not read the whole cluster may read. */
export function addNamespaceFlag(command: Command, description: string): Command {
  return command.addOption(new Option('-n, --namespace <name>', description).argParser(collect));
}

/** Whether Secrets may be read. */
export function addSecretsFlag(command: Command): Command {
  return command.option('--secrets <when>', 'read Secrets (names and key names are kept, never values): auto or never');
}

/** Where a recording is, and what to believe of it. */
export function addRecordingFlags(command: Command): Command {
  return command
    .optionsGroup('Recordings:')
    .addOption(
      new Option(
        '--from <path>',
        'read a recording instead of a cluster: a snapshot, kubectl output, a dump; repeatable',
      ).argParser(collect),
    )
    .option('--at <time>', 'moment of the recording, RFC 3339')
    .addOption(
      new Option(
        '--complete <resources>',
        'take the recording as complete for these: pods,services or all; repeatable',
      ).argParser(collect),
    )
    .option('--partial', 'take nothing of the recording as complete');
}

/** Which clusters, where there are several. */
export function addFleetFlags(command: Command): Command {
  return command.option('--all-contexts', 'diagnose the clusters of all contexts of the kubeconfig');
}

/** Which incidents to show. */
export function addScopeFlags(command: Command): Command {
  return command
    .optionsGroup('What is shown:')
    .addOption(
      new Option('-n, --namespace <name>', 'only incidents that touch this namespace; repeatable').argParser(collect),
    )
    .option('-A, --all-namespaces', 'all namespaces, which is the default; with targets: look for them in all')
    .option('-l, --selector <labels>', 'only incidents that touch objects with these labels, as in kubectl')
    .addOption(
      new Option(
        '--filter <names>',
        'only these analyzers or kinds (pods, Deployment, svc); repeatable, or with commas',
      ).argParser(collect),
    );
}

/** Which Ollama, for the commands that look at it. */
export function addOllamaFlags(command: Command): Command {
  return command.option('--ollama-host <address>', hostHelp);
}

/** How strict the analyzers are. */
export function addCheckFlags(command: Command): Command {
  return addCertificateFlags(
    command
      .optionsGroup('Checks:')
      .addOption(
        new Option('--set <analyzer.setting=value>', 'change a setting of an analyzer; repeatable').argParser(collect),
      ),
  );
}

/** When the end of a certificate is near. */
export function addCertificateFlags(command: Command): Command {
  return command.option(
    '--cert-warning <time>',
    'how long before its end a certificate is a warning: 30d (default: 28d; never before the last quarter of its life)',
  );
}

/** The flags that were given, and no defaults: what is left out is for the configuration to say. */
export function givenFlags(command: Command): Readonly<Record<string, unknown>> {
  const all = command.optsWithGlobals<Record<string, unknown>>();
  const { certWarning, ...given } = Object.fromEntries(
    Object.entries(all).filter(([name]) => command.getOptionValueSourceWithGlobals(name) === 'cli'),
  );
  if (typeof certWarning !== 'string') return given;
  // 30 would be half a minute, and whoever writes it means days.
  if (/^\s*\d+(\.\d+)?\s*$/.test(certWarning) && Number(certWarning) > 0)
    throw new UserError('bad-time', `--cert-warning ${certWarning} has no unit`, {
      hint: `Write ${certWarning.trim()}d for days.`,
    });
  // A short word for a setting that many will want to change.
  const { set } = given;
  return { ...given, set: [...(Array.isArray(set) ? set : []), `certificates.warning=${certWarning}`] };
}
