import type { Io } from '../../src/cli/io.ts';
import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { UserError } from '../../src/errors.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Resource } from '../../src/model/resources.ts';
import { testIo } from './io.ts';
import { loadedOf } from './loaded.ts';

export interface CliOptions {
  readonly objects?: readonly KubeObject[];
  readonly missing?: Partial<Record<Resource, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with what has been written to stdout. */
  readonly onOut?: (text: string) => void;
  /** Stands for stdout, where it cannot be written to. */
  readonly out?: () => Promise<void>;
  /** The cluster is away. */
  readonly away?: boolean;
}

export interface CliOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a process would, against a cluster of these objects. */
export async function cli(words: readonly string[], options: CliOptions = {}): Promise<CliOutcome> {
  const { io, written } = testIo(options);
  const out: Io['out'] = (text) => {
    if (options.out !== undefined) return options.out();
    const done = io.out(text);
    options.onOut?.(text);
    return done;
  };
  const load = () => {
    if (options.away === true)
      return Promise.reject(new UserError('away', 'the cluster is away', { hint: 'Wake it.' }));
    return Promise.resolve(loadedOf(options.objects ?? [], { missing: options.missing ?? {} }));
  };
  const loaders: Loaders = {
    live: load,
    recorded: load,
    snapshot: load,
    serverVersion: () => Promise.resolve('v1.36.3'),
  };
  return { code: await runCli(words, { ...io, out }, loaders), ...written };
}
