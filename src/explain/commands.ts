import { resourceByName } from '../graph/names.ts';
import { refKey } from '../model/object.ts';
import { type Resource, resources } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** An object that a command names. */
export interface NamedObject {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace?: string;
}

/** Flags of kubectl that take their value from the next word. */
const valueFlags = new Set(
  '-n --namespace -l --selector -o --output -c --container -f --filename -p --patch --field-selector --since --tail --type --replicas --for --sort-by --to-revision --as --as-group --context --cluster --image --timeout --grace-period --subresource --from --duration --overrides --serviceaccount --min --max --limits --requests'.split(
    ' ',
  ),
);
const nodeVerbs = new Set(['cordon', 'uncordon', 'drain']);
const podVerbs = new Set(['logs', 'exec', 'attach', 'port-forward', 'debug']);
const pairVerbs = new Set(['rollout', 'set', 'top']);
const ignored = new Set([
  'create',
  'apply',
  'auth',
  'config',
  'explain',
  'api-resources',
  'version',
  'certificate',
  'run',
]);

/**
 * The objects that the kubectl commands of a shell line name, of the kinds that the tool reads. Objects to be created are left out,
 * and so are words in angle brackets, which the reader has to replace.
 */
export function namedObjects(command: string): readonly NamedObject[] {
  return pipeline(words(command)).flatMap(objectsOf);
}

function objectsOf(line: readonly string[]): readonly NamedObject[] {
  if (line[0] !== 'kubectl') return [];
  const { args, namespace } = positional(line.slice(1));
  const [verb = '', ...rest] = args;
  if (ignored.has(verb)) return [];
  const operands = (pairVerbs.has(verb) ? rest.slice(1) : rest).filter((word) => !/[=<>{}]|-$/.test(word));
  const subject = verb === 'top' ? rest[0] : undefined;
  const pairs = pairsOf(operands, nodeVerbs.has(verb) ? 'node' : podVerbs.has(verb) ? 'pod' : subject);
  return pairs.flatMap(({ type, name }) => {
    const resource = resourceByName(type);
    if (resource === undefined) return [];
    return [
      resources[resource].namespaced ? { resource, name, namespace: namespace ?? 'default' } : { resource, name },
    ];
  });
}

/** Reads `TYPE NAME...`, `TYPE/NAME...`, or names of a type that the verb implies. */
function pairsOf(operands: readonly string[], implied: string | undefined): readonly { type: string; name: string }[] {
  const pairs: { type: string; name: string }[] = [];
  let type = implied;
  for (const word of operands) {
    const slash = word.indexOf('/');
    if (slash > 0) pairs.push({ type: word.slice(0, slash), name: word.slice(slash + 1) });
    else if (type === undefined) type = word;
    else {
      pairs.push({ type, name: word });
      if (implied === 'pod') break;
    }
  }
  return pairs.filter(({ type: one, name }) => !one.includes(',') && name !== '');
}

function positional(line: readonly string[]): { args: readonly string[]; namespace: string | undefined } {
  const args: string[] = [];
  let namespace: string | undefined;
  for (let index = 0; index < line.length; index += 1) {
    const word = line[index] ?? '';
    if (word === '--') break;
    const attached = /^(?:--namespace=|-n=?)(.+)$/.exec(word)?.[1];
    if (attached !== undefined) namespace = attached;
    else if (word === '-n' || word === '--namespace') namespace = line[index + 1];
    if (valueFlags.has(word)) index += 1;
    else if (!word.startsWith('-')) args.push(word);
  }
  return { args, namespace };
}

const separators = new Set(['|', '||', '&&', ';', '&']);

function pipeline(all: readonly string[]): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  for (const word of all) {
    if (separators.has(word)) lines.push([]);
    else lines.at(-1)?.push(word);
  }
  return lines;
}

/** The words of a shell line with quotes taken off. Expansions are not done: none of ours has any. */
function words(command: string): readonly string[] {
  const all: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < command.length; index += 1) {
    let char = command.charAt(index);
    if (char === '\\' && quote !== "'") char = command.charAt((index += 1));
    else if (char === quote) {
      quote = undefined;
      continue;
    } else if (quote === undefined && (char === "'" || char === '"')) {
      quote = char;
      word ??= '';
      continue;
    } else if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) all.push(word);
      word = undefined;
      continue;
    }
    word = (word ?? '') + char;
  }
  return word === undefined ? all : [...all, word];
}

/**
 * What is known of objects that a command names: absent where one of them is, else unknown where one of them is.
 * @param about the keys of those that need not exist: what an incident is about may be what is missing.
 */
export function stateOfNamed(
  named: readonly NamedObject[],
  about: ReadonlySet<string>,
  snapshot: Snapshot,
): 'found' | 'absent' | 'unknown' {
  let worst: 'found' | 'unknown' = 'found';
  for (const { resource, name, namespace } of named) {
    const { apiVersion, kind } = resources[resource];
    if (about.has(refKey({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }))) continue;
    const { state } = snapshot.lookup(resource, name, namespace);
    if (state === 'absent') return 'absent';
    if (state === 'unknown') worst = 'unknown';
  }
  return worst;
}
