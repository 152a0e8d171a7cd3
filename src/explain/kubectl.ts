import { resourceByName } from '../graph/names.ts';

/** What a command does to a cluster. */
export type Effect = 'reads' | 'changes';

const plainWord = /^[A-Za-z0-9][A-Za-z0-9._:/=,@-]*$|^--?[A-Za-z][A-Za-z-]*(?:=[A-Za-z0-9._:/=,@-]+)?$/;
const readVerbs = new Set(['get', 'describe', 'logs', 'events', 'top']);
const changeVerbs = new Set(
  'annotate apply autoscale certificate cordon create edit expose label patch scale set taint uncordon'.split(' '),
);
const rolloutReads = new Set(['status', 'history']);
const rolloutChanges = new Set(['restart', 'undo', 'pause', 'resume']);
/** Flags that only choose what is shown, and how. */
const readFlags = new Set(
  '-n --namespace -A --all-namespaces -l --selector -o --output -c --container -p --previous --all-containers --tail --since --field-selector --show-labels --sort-by --for --types --containers --timestamps'.split(
    ' ',
  ),
);
const outputs = new Set(['wide', 'yaml', 'json', 'name']);

/**
 * What a command that a model wrote does, when it is one that is known to only read: one kubectl command of plain words, without
 * anything that a shell would act upon, that shows objects of kinds the tool knows, and no values of Secrets. Undefined for all else.
 */
export function readsOnly(command: string): boolean {
  const words = command.split(' ');
  if (words[0] !== 'kubectl' || words.length < 2 || !words.every((one) => plainWord.test(one))) return false;
  const { args, flags, output } = parts(words.slice(1));
  if (![...flags].every((flag) => readFlags.has(flag))) return false;
  if (output !== undefined && !outputs.has(output)) return false;
  const [verb = '', ...rest] = args;
  if (verb === 'rollout') return rolloutReads.has(rest[0] ?? '') && typesKnown(rest.slice(1));
  if (!readVerbs.has(verb)) return false;
  if (verb === 'events') return rest.length === 0;
  if (verb === 'logs') return rest.length === 1 && (!(rest[0] ?? '').includes('/') || typesKnown(rest));
  if (!typesKnown(rest)) return false;
  return !(rest.some(isSecret) && (output === 'yaml' || output === 'json'));
}

/** What a command of the runbook does: undefined where it is no kubectl command, or one that takes something away. */
export function effectOf(command: string): Effect | undefined {
  if (/[;&|<>`$\n]/.test(command)) return undefined;
  const words = command.split(/\s+/);
  if (words[0] !== 'kubectl') return undefined;
  const { args, flags } = parts(words.slice(1));
  const [verb = '', second = ''] = args;
  if (flags.has('--force') || flags.has('--grace-period')) return undefined;
  if (verb === 'rollout')
    return rolloutReads.has(second) ? 'reads' : rolloutChanges.has(second) ? 'changes' : undefined;
  if (verb === 'auth') return second === 'can-i' ? 'reads' : undefined;
  if (readVerbs.has(verb) || verb === 'explain' || verb === 'api-resources' || verb === 'version') return 'reads';
  return changeVerbs.has(verb) ? 'changes' : undefined;
}

const valueFlags = new Set(
  '-n --namespace -l --selector -o --output -c --container --tail --since --field-selector --sort-by --for --types'.split(
    ' ',
  ),
);

function parts(words: readonly string[]) {
  const args: string[] = [];
  const flags = new Set<string>();
  let output: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [flag = '', value] = word.split(/=(.*)/s);
    if (!word.startsWith('-')) {
      args.push(word);
      continue;
    }
    flags.add(flag);
    const given = value ?? (valueFlags.has(flag) ? words[(index += 1)] : undefined);
    if (flag === '-o' || flag === '--output') output = given ?? '';
  }
  return { args, flags, output };
}

/** Whether the first operand names kinds that the tool reads: `pod`, `pods,services`, `deployment/web`. */
function typesKnown([first = '']: readonly string[]): boolean {
  const types = (first.split('/')[0] ?? '').split(',');
  return types.every((type) => resourceByName(type) !== undefined);
}

function isSecret(word: string): boolean {
  return (word.split('/')[0] ?? '').split(',').some((type) => resourceByName(type) === 'secrets');
}
