import type { Loaders } from '../../src/cli/loaders.ts';
import { runCli } from '../../src/cli/run.ts';
import { UserError } from '../../src/errors.ts';

/**
 * Runs words as far as to the cluster, which is away: all that can be wrong with flags is found before.
 * @returns what the tool says: `error: the cluster is away` where nothing is wrong with them.
 */
export async function accepted(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  let err = '';
  const away = () => Promise.reject(new UserError('away', 'the cluster is away'));
  const loaders: Loaders = { live: away, recorded: away, snapshot: away, serverVersion: away };
  const io = {
    out: () => Promise.resolve(),
    err: (text: string) => void (err += text),
    environment: { XDG_CONFIG_HOME: '/nonexistent', ...environment },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: undefined,
    signal: new AbortController().signal,
  };
  await runCli(words, io, loaders);
  return err;
}
