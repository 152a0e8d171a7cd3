import type { Loaded } from '../cluster/load.ts';
import type { Config } from '../config/load.ts';
import { UserError } from '../errors.ts';
import type { Format } from '../model/formats.ts';
import type { Resource } from '../model/resources.ts';
import { hooksFor } from './hooks.ts';
import type { Io } from './io.ts';
import type { Loaders } from './loaders.ts';
import { startProgress } from './progress.ts';
import { writeFileAtomically, writeProblem } from './write-file.ts';

/** Where a report goes, and in which form. */
export interface Output<Form extends Format = Format> {
  readonly format: Form;
  /** stdout where it is left out. */
  readonly file?: string;
}

/** True where a person waits for the text at stdout. */
export function isForPerson(outputs: readonly Output[]): boolean {
  return outputs.some(({ format, file }) => format === 'text' && file === undefined);
}

/** Reads the recordings that are named, else the live cluster, with a progress line where a person waits for the text. */
export async function loadCluster(
  config: Config,
  io: Io,
  loaders: Loaders,
  wanted: readonly Resource[],
): Promise<Loaded> {
  const progress = await startProgress(io, isForPerson(config.output) && !config.verbose);
  const hooks = hooksFor(io, config, progress);
  try {
    hooks.onStep('load');
    return await (config.from.length > 0 ? loaders.recorded(config, hooks) : loaders.live(config, hooks, wanted));
  } finally {
    progress.stop();
  }
}

/** Those outputs that a command writes which knows text and JSON. @throws UserError for a flag with another format. */
export function textOrJson(
  outputs: readonly Output[],
  flags: Readonly<Record<string, unknown>>,
): readonly Output<'text' | 'json'>[] {
  return outputsIn(['text', 'json'], outputs, flags);
}

/**
 * Those outputs that a command other than `analyze` knows; text where there is none. What the configuration file says of outputs is said
 * of `analyze`, so that others are passed over there, and refused as flags.
 * @throws UserError for a flag with another format.
 */
export function outputsIn<Form extends Format>(
  forms: readonly ['text', ...Form[]],
  outputs: readonly Output[],
  flags: Readonly<Record<string, unknown>>,
): readonly Output<Form | 'text'>[] {
  const known = outputs.flatMap(({ format, ...rest }) => {
    const form = forms.find((one) => one === format);
    return form === undefined ? [] : [{ format: form, ...rest }];
  });
  const other = outputs.find(({ format }) => !forms.some((one) => one === format));
  if (other !== undefined && 'output' in flags) {
    const listed = `${forms.slice(0, -1).join(', ')} and ${forms.at(-1)}`;
    throw new UserError('bad-format', `--output ${other.format} is for analyze; this command writes ${listed}`);
  }
  return known.length === 0 ? [{ format: 'text' }] : known;
}

/**
 * Prints in every form asked for: stdout first. What cannot be written takes nothing away from the rest.
 * @throws UserError at the end, where something could not be written.
 */
export async function printOutputs<Form extends Format>(
  outputs: readonly Output<Form>[],
  io: Io,
  render: (format: Form, toScreen: boolean) => string | Promise<string>,
): Promise<void> {
  refuseFailed(await tryOutputs(outputs, io, render));
}

/** The same. @returns what could not be written, and why. */
export async function tryOutputs<Form extends Format>(
  outputs: readonly Output<Form>[],
  io: Io,
  render: (format: Form, toScreen: boolean) => string | Promise<string>,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { format, file } of outputs.toSorted(
    (one, other) => Number(one.file !== undefined) - Number(other.file !== undefined),
  )) {
    const text = await render(format, file === undefined);
    const written = file === undefined ? io.out(text) : writeFileAtomically(file, text);
    await written.catch((error: unknown) => failures.push(`${file ?? 'stdout'}: ${writeProblem(error)}`));
  }
  return failures;
}

/** @throws UserError where something could not be written. */
export function refuseFailed(failures: readonly string[]): void {
  if (failures.length > 0) throw new UserError('cannot-write', `cannot write ${failures.join('; ')}`);
}
