import type { Config } from '../config/load.ts';
import type { Step } from '../pipeline.ts';
import { clean } from '../render/terminal.ts';
import type { Io } from './io.ts';
import type { LoadHooks } from './loaders.ts';
import type { Progress } from './progress.ts';

const stepTexts: Readonly<Record<Step, string>> = {
  load: 'Reading the cluster',
  analyze: 'Looking for problems',
  report: 'Writing the report',
};

/** Connects what the pipeline and the loaders tell to the progress line and, with -v, to stderr: steps, requests and times. */
export function hooksFor(
  io: Io,
  config: Config,
  progress: Progress,
): LoadHooks & { readonly onStep: (step: Step) => void } {
  const verbose = (text: string) => io.err(`${clean(text)}\n`);
  let last: { readonly step: Step; readonly at: number } | undefined;
  return {
    signal: io.signal,
    environment: io.environment,
    onProgress: (text) => progress.say(clean(text)),
    onRequest: config.verbose ? verbose : undefined,
    onStep: (step) => {
      const at = performance.now();
      if (last !== undefined && config.verbose) verbose(`${last.step}: ${Math.round(at - last.at)} ms`);
      last = { step, at };
      progress.say(stepTexts[step]);
    },
  };
}
