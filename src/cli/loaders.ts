import type { Loaded } from '../cluster/load.ts';
import type { Config } from '../config/load.ts';
import type { Resource } from '../model/resources.ts';

/** What a loader tells while it works. */
export interface LoadHooks {
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it does at the moment, for a progress line. */
  readonly onProgress: (text: string) => void;
  /** One line for each request, for -v. */
  readonly onRequest: ((text: string) => void) | undefined;
}

/** How the commands reach a cluster or a recording. Tests bring their own. */
export interface Loaders {
  readonly live: (config: Config, hooks: LoadHooks, wanted: readonly Resource[]) => Promise<Loaded>;
  readonly recorded: (config: Config, hooks: LoadHooks) => Promise<Loaded>;
  /** Reads a live cluster, or another recording, and writes it to a file. @returns what was read. */
  readonly snapshot: (file: string, config: Config, hooks: LoadHooks) => Promise<Loaded>;
  /** The version of the API server. */
  readonly serverVersion: (config: Config, hooks: LoadHooks) => Promise<string>;
}
