import { type Command, Option } from 'commander';
import { formats } from '../model/formats.ts';
import { collect, hostHelp } from './flags.ts';

const severities = 'critical, warning or info';

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
