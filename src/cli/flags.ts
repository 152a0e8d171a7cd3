import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { formats } from '../model/formats.ts';

/** Collects the values of a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

const severities = 'critical, warning or info';
const hostHelp = 'where Ollama listens (default: OLLAMA_HOST, then 127.0.0.1:11434)';

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

/** What is printed, and what the exit code says. */
export function addOutputFlags(command: Command): Command {
  return command
    .optionsGroup('Output and exit code:')
    .addOption(
      new Option(
        '-o, --output <format[=file]>',
        `${formats.join(', ')}; to a file if one is named; repeatable`,
      ).argParser(collect),
    )
    .option('--severity <least>', `text: show incidents at least this bad: ${severities} (default: warning)`)
    .option('--all', 'text: show every object and all evidence')
    .option('--fail-on <least>', `exit with 1 when an incident is at least this bad: ${severities}`)
    .option('--baseline <report>', 'JSON report of an earlier run: only what is new or worse counts for --fail-on')
    .option('--no-ignore', 'tell also what annotations and the configuration say to ignore')
    .option('--require-complete', 'exit with 3 when something could not be seen');
}

/** How two reports are compared. */
export function addDiffFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-o, --output <format[=file]>',
        'text, markdown or json, to a file if one is named; repeatable',
      ).argParser(collect),
    )
    .option('--severity <least>', `text, markdown: show problems at least this bad: ${severities} (default: warning)`)
    .option('--fail-on <least>', `exit with 1 when something at least this bad is new or worse: ${severities}`)
    .option('--no-ignore', 'recordings: tell also what annotations and the configuration say to ignore');
}

/** Explanations by a model. */
export function addExplainFlags(command: Command): Command {
  return command
    .optionsGroup('Explanations:')
    .option('--explain', 'have a local model of Ollama explain the incidents, after the report')
    .option('--show-prompt', 'print what would be sent to the model, and send nothing')
    .option('--no-cache', 'neither read nor write the explanations of earlier runs')
    .option('--language <name>', 'language of the explanations (default: English)')
    .option('--explain-timeout <time>', 'stop explaining after this time: 90s, 10m, 0 for never (default: 10m)')
    .option('--model <name>', 'model to explain with (default: the best that is installed)')
    .option('--ollama-host <address>', hostHelp)
    .option('--allow-remote-model', 'allow models that run on the servers of their makers');
}

/** How often to look, and where to show what was seen. */
export function addWatchFlags(command: Command): Command {
  return command
    .option('--interval <time>', 'from one look to the next: 30s, 5m (default: 1m)')
    .option(
      '--listen <address>',
      'serve metrics and the last report here; none serves nothing (default: 127.0.0.1:9465)',
    )
    .option('--listen-token-file <file>', 'file with a token that clients of --listen must know')
    .option('--insecure-listen', 'let everybody who can reach --listen read the report')
    .addOption(new Option('-o, --output <format>', 'what changes, as text or jsonl (default: text)').argParser(collect))
    .option('--severity <least>', `tell of incidents at least this bad: ${severities} (default: warning)`);
}

/**
 * Where metrics are pushed to, and how.
 * @param short whether the flags may be written without `push-` as well.
 */
export function addPushFlags(command: Command, { short = false } = {}): Command {
  const named = (flag: string, text: string) =>
    new Option(short ? `--${flag.replaceAll(/^push-| .*/g, '')}, --${flag}` : `--${flag}`, text);
  return command
    .optionsGroup('Push gateway:')
    .addOption(named('push-gateway <url>', 'push gateway of Prometheus to send metrics to: http://pushgateway:9091'))
    .addOption(named('push-job <name>', 'job of the group that is replaced (default: mekhanikube)'))
    .addOption(
      named('push-group <label=value>', 'label of the group, beside cluster and scope; repeatable').argParser(collect),
    )
    .addOption(
      named('push-method <method>', 'put replaces the group, post only what has the same names (default: put)'),
    )
    .addOption(
      named(
        'push-username <name>',
        'name for the gateway; the password comes from a file or MEKHANIKUBE_PUSH_PASSWORD',
      ),
    )
    .addOption(named('push-password-file <file>', 'file with the password'))
    .addOption(named('push-token-file <file>', 'file with a bearer token (or MEKHANIKUBE_PUSH_TOKEN)'))
    .addOption(named('push-ca-file <file>', "certificates of the authorities to trust, PEM (default: the system's)"))
    .addOption(named('push-timeout <time>', 'give up on a try after this time (default: 10s)'))
    .addOption(named('push-retries <count>', 'try again so often when the gateway fails (default: 3)'));
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
