/** The entry of the command: wires it to the process, which ends here and nowhere else. */
import { builtInLoaders } from './built-in-loaders.ts';
import { exitCodes, reportFailure } from './exit.ts';
import { type Io, processIo } from './io.ts';
import { runCli } from './run.ts';

const interrupt = new AbortController();
let endsItself = false;
const io: Io = {
  ...processIo(interrupt.signal),
  willEndItself: () => {
    endsItself = true;
  },
};
const argv = process.argv.slice(2);

// Handlers of its own make the process end at these signals where it is the first of a container, too.
for (const [name, exitCode] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', exitCodes.terminated],
] as const) {
  process.on(name, () => {
    const isFirst = !interrupt.signal.aborted;
    interrupt.abort();
    if (!isFirst || !endsItself) process.exit(exitCode);
  });
}
process.on('uncaughtException', (error) => {
  process.exit(reportFailure(error, io, { verbose: argv.includes('-v') }));
});

// Sockets that are kept open for reuse would hold the process back; all output is written by now.
process.exit(await runCli(argv, io, builtInLoaders));
