import { homedir } from 'node:os';
import { z } from 'zod';
import type { Analyzer, SettingSpec } from '../model/finding.ts';
import { type Format, formats } from '../model/formats.ts';
import { nearest } from '../graph/nearest.ts';
import { parseDuration } from './duration.ts';
import { ignoreRules } from './ignore.ts';

// A run parses three small objects: compiling parsers for them takes longer than it saves.
z.config({ jitless: true });

/** Forms that a value may have in a file, in the environment and as a flag: one schema reads all three. */
const text = z.string().trim().min(1, 'must not be empty');
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat().flatMap((one) => one.split(',')))
  .transform((values) => values.map((one) => one.trim()))
  // A shell variable that is not set gives an empty word, and nothing at all would be everything.
  .refine((values) => values.length === 0 || values.some((one) => one !== ''), 'must not be empty')
  .transform((values) => values.filter((one) => one !== ''));
const paths = z.union([text, z.array(text)]).transform((value) => [value].flat());
const flag = z.union([z.boolean(), z.stringbool()], { error: 'must be true or false' });
const time = text.refine((value) => isTime(value), 'must be a time such as 2026-03-01T12:00:00Z');
const timeout = z.union([z.number(), z.string()]).transform((value, context) => {
  const milliseconds = parseDuration(String(value));
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `"${value}" is not a length of time: write 30s, 1m or 0 for no limit` });
  return z.NEVER;
});

/** Words of a closed list, in any case. */
function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const error = `must be ${listed(words)}`;
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
    z.enum(words, { error }),
  );
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const severity = word(['critical', 'warning', 'info']);

/** Where a report goes: to stdout, or to a file. */
interface Output {
  readonly format: Format;
  readonly file?: string;
}

const output = paths.transform((values, context) =>
  values.map((value): Output => {
    const [, name, file] = /^([^=]*)(?:=(.+))?$/s.exec(value) ?? [];
    const format = formats.find((one) => one === name?.trim().toLowerCase());
    if (format !== undefined) return file === undefined || file === '-' ? { format } : { format, file: atHome(file) };
    const like = nearest(name ?? '', formats);
    const meant = like === undefined || like === name ? '' : ` (did you mean ${like}?)`;
    const message = `"${value}" must be ${listed(formats)}, or one of these with =FILE${meant}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
);

const tries = z.union([z.number(), z.string()]).transform((value, context) => {
  if (/^\d{1,2}$/.test(String(value).trim())) return Number(value);
  context.addIssue({ code: 'custom', message: `"${value}" must be a number from 0 to 99` });
  return z.NEVER;
});

/** Shells leave a tilde behind an equals sign as it is. */
function atHome(file: string): string {
  return file.replace(/^~(?=\/)/, () => homedir());
}

const options = {
  kubeconfig: text,
  context: paths,
  allContexts: flag,
  cluster: text,
  user: text,
  token: text,
  as: text,
  asGroup: list,
  requestTimeout: timeout,
  insecureSkipTlsVerify: flag,
  secrets: word(['auto', 'never']),
  from: paths,
  at: time,
  complete: list,
  partial: flag,
  namespace: list,
  allNamespaces: flag,
  selector: text,
  filter: list,
  output,
  severity,
  all: flag,
  color: flag,
  failOn: severity,
  baseline: text,
  ignore: ignoreRules,
  requireComplete: flag,
  verbose: flag,
  externalAnalyzers: paths,
  explain: flag,
  showPrompt: flag,
  model: text,
  ollamaHost: text,
  language: text.refine(
    (value) => /^[\p{L}\p{M} ()_-]{2,40}$/u.test(value),
    'must be a language, such as German or pt-BR',
  ),
  explainTimeout: timeout,
  cache: flag,
  allowRemoteModel: flag,
  pushGateway: text,
  pushJob: text,
  pushMethod: word(['put', 'post']),
  pushGroup: list,
  pushUsername: text,
  pushPassword: text,
  pushPasswordFile: text,
  pushToken: text,
  pushTokenFile: text,
  pushCaFile: text,
  pushTimeout: timeout,
  pushRetries: tries,
  interval: timeout,
  listen: text,
  listenTokenFile: text,
  insecureListen: flag,
} as const;

/** The names of all options but the settings of analyzers. */
export const optionNames: readonly string[] = Object.keys(options);

/** The schema of one layer of configuration: everything may be left out, nothing unknown may be there. */
export function layerSchema(analyzers: readonly Pick<Analyzer, 'id' | 'settings'>[]) {
  const settings = z.lazy(() => settingsSchema(analyzers));
  return z.strictObject({ ...options, analyzers: settings }).partial();
}

/** The settings of all analyzers, by id and name. */
function settingsSchema(analyzers: readonly Pick<Analyzer, 'id' | 'settings'>[]) {
  const one = ({ settings }: Pick<Analyzer, 'settings'>) =>
    Object.fromEntries(Object.entries(settings).map(([name, spec]) => [name, setting(spec).optional()]));
  return z.strictObject(
    Object.fromEntries(analyzers.map((analyzer) => [analyzer.id, z.strictObject(one(analyzer)).optional()])),
  );
}

/** One layer: what a file, the environment or the flags say. */
export type Layer = z.output<ReturnType<typeof layerSchema>>;

const settingForms: Readonly<
  Record<SettingSpec['unit'], { read: (text: string) => number | undefined; form: string }>
> = {
  seconds: {
    read: (value) => {
      const milliseconds = parseDuration(value);
      return milliseconds === undefined ? undefined : milliseconds / 1_000;
    },
    form: 'a length of time such as 90s or 10m',
  },
  count: { read: (value) => (/^\d+$/.test(value) ? Number(value) : undefined), form: 'a whole number' },
  percent: {
    read: (value) => (/^\d+(\.\d+)?%?$/.test(value) ? Number(value.replace('%', '')) : undefined),
    form: 'a percentage such as 80%',
  },
};

function setting({ unit }: SettingSpec) {
  const { read, form } = settingForms[unit];
  return z.union([z.number(), z.string()], { error: `must be ${form}` }).transform((value, context) => {
    const number = read(String(value).trim());
    if (number !== undefined) return number;
    context.addIssue({ code: 'custom', message: `"${value}" must be ${form}` });
    return z.NEVER;
  });
}

function isTime(value: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
