/** The entry of the command: wires it to the process, which ends here and nowhere else. */
import { builtInLoaders } from './built-in-loaders.ts';
import { exitCodes, reportFailure } from './exit.ts';
import { processIo } from './io.ts';
import { runCli } from './run.ts';

const interrupt = new AbortController();
const io = processIo(interrupt.signal);
const argv = process.argv.slice(2);

process.once('SIGINT', () => {
  interrupt.abort();
  process.exit(exitCodes.interrupted);
});
process.on('uncaughtException', (error) => {
  process.exit(reportFailure(error, io, { verbose: argv.includes('-v') }));
});

// Sockets that are kept open for reuse would hold the process back; all output is written by now.
process.exit(await runCli(argv, io, builtInLoaders));
