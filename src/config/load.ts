import { UserError } from '../errors.ts';
import type { Analyzer } from '../model/finding.ts';
import { readConfigFile } from './file.ts';
import { type LayerSource, parseLayer } from './layer.ts';
import { type Layer, layerSchema } from './schema.ts';
import { flagName, fromAssignments, fromEnvironment, variableName } from './sources.ts';

const defaults = {
  context: [],
  allContexts: false,
  asGroup: [],
  insecureSkipTlsVerify: false,
  secrets: 'auto',
  from: [],
  complete: [],
  partial: false,
  namespace: [],
  allNamespaces: false,
  filter: [],
  output: [{ format: 'text' }],
  severity: 'warning',
  all: false,
  requireComplete: false,
  verbose: false,
  explain: false,
  showPrompt: false,
  language: 'English',
  explainTimeout: 600_000,
  cache: true,
  allowRemoteModel: false,
  pushJob: 'mekhanikube',
  pushMethod: 'put',
  pushGroup: [],
  pushTimeout: 10_000,
  pushRetries: 3,
  ignore: [],
  interval: 60_000,
  listen: '127.0.0.1:9465',
  insecureListen: false,
} as const satisfies Layer;

/** All options, from every place, with defaults. Times are in milliseconds, the settings of analyzers in the units they declare. */
export type Config = Readonly<Omit<Layer, keyof typeof defaults | 'analyzers'>> & {
  readonly [Name in keyof typeof defaults]: NonNullable<Layer[Name]>;
} & { readonly analyzers: Readonly<Record<string, Readonly<Record<string, number>>>> };

export interface ConfigInput {
  /** Flags as the parser of the command line gives them; `set` and `config` are taken out. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whose settings can be set. */
  readonly analyzers: readonly Pick<Analyzer, 'id' | 'settings'>[];
}

/**
 * Puts the options together: defaults, then the file, then the environment, then flags.
 * @throws UserError for an unknown name or a value that is not allowed, saying where it stands.
 */
export async function loadConfig({ flags, environment, analyzers }: ConfigInput): Promise<Config> {
  const { config, set, ...rest } = flags;
  const file = await readConfigFile(typeof config === 'string' ? config : undefined, environment);
  const schema = layerSchema(analyzers);
  const assigned = Array.isArray(set) ? { analyzers: fromAssignments(set.map(String)) } : {};
  const layers = [
    parseLayer(file?.raw ?? {}, schema, inFile(file?.path ?? '')),
    withoutCode(parseLayer(fromEnvironment(environment), schema, inEnvironment), inEnvironment),
    withoutCode(parseLayer({ ...rest, ...assigned }, schema, onCommandLine), onCommandLine),
  ];
  return layers.reduce<Config>(merge, {
    ...defaults,
    namespace: [],
    context: [],
    asGroup: [],
    from: [],
    complete: [],
    filter: [],
    pushGroup: [],
    output: [...defaults.output],
    analyzers: {},
  });
}

/** Only the file may name code to run: variables and flags are set by scripts that their user has not read. */
function withoutCode(layer: Layer, source: LayerSource): Layer {
  if (layer.externalAnalyzers === undefined) return layer;
  throw new UserError(
    'bad-config',
    `${source.nameOf(['externalAnalyzers'])}: only the configuration file may name analyzers`,
  );
}

/** A later layer wins name by name; all namespaces and some namespaces replace each other, settings are merged. */
function merge(below: Config, { analyzers = {}, ...above }: Layer): Config {
  const settings: Record<string, Record<string, number>> = { ...below.analyzers };
  for (const [id, values] of Object.entries(analyzers)) {
    const given = Object.entries(values ?? {}).filter((pair): pair is [string, number] => pair[1] !== undefined);
    settings[id] = { ...settings[id], ...Object.fromEntries(given) };
  }
  const scope = {
    ...(above.allNamespaces === true && above.namespace === undefined ? { namespace: [] } : {}),
    ...(above.namespace !== undefined && above.allNamespaces === undefined ? { allNamespaces: false } : {}),
  };
  const given = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined));
  return { ...below, ...scope, ...given, analyzers: settings };
}

const join = (path: readonly string[]) => path.join('.');

function inFile(path: string): LayerSource {
  return { nameOf: (at) => (at.length === 0 ? path : `${join(at)} in ${path}`), spell: (name) => name };
}

const inEnvironment: LayerSource = {
  nameOf: ([first = '', ...rest]) => (first === 'analyzers' ? `MEKHANIKUBE_SET ${join(rest)}` : variableName(first)),
  spell: variableName,
};

const onCommandLine: LayerSource = {
  nameOf: ([first = '', ...rest]) => (first === 'analyzers' ? `--set ${join(rest)}` : flagName(first)),
  spell: (name) => name,
};
