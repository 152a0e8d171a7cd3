import type { Cost } from './measure.ts';
import type { Size } from './size.ts';

/** Everything that was measured, as `--json` prints it. */
export interface Results {
  readonly server: 'real' | 'fake';
  readonly runs: number;
  readonly sizes: readonly Size[];
  readonly start: { readonly nodeMs: number; readonly versionTimesNode: number; readonly recordedTimesNode: number };
}

const widths = [8, 10, 10, 9, 9, 8, 9, 9];

/** The results as lines for a terminal: for each size a row for every command, then what was asked for. */
export function table({ server, runs, sizes, start }: Results): readonly string[] {
  const heads = ['pods', 'command', 'requests', 'MB', 'ms', 'CPU ms', 'RSS MB', 'tool takes'];
  return [
    `${server === 'real' ? 'A real API server and etcd' : 'A server of this process'}; medians of ${runs} interleaved runs`,
    '',
    row(heads),
    ...sizes.flatMap((size) => [...rows(size), '']),
    ...sizes.flatMap((size) => [`requests by path, ${size.pods} pods (${size.objects} objects):`, ...paths(size), '']),
    ...growth(sizes),
    `cold start: --version ${start.versionTimesNode.toFixed(2)} x node -e 0, analyze on the demo ${start.recordedTimesNode.toFixed(2)} x`,
  ];
}

function rows({ pods, requests, bytes, tool, curl, curls, kubectl }: Size): readonly string[] {
  const cells = ({ ms, cpuMs, rss }: Cost) => [ms, cpuMs, rss].map((value) => value.toFixed(0));
  const times = ({ times: ratio }: { times: number }) => `${ratio.toFixed(2)} x`;
  const megabytes = (bytes / 2 ** 20).toFixed(1);
  return [
    row([String(pods), 'analyze', String(requests), megabytes, ...cells(tool), '']),
    row(['', 'curl', String(requests), megabytes, ...cells(curl), times(curl)]),
    row(['', 'curl each', String(requests), megabytes, ...cells(curls), times(curls)]),
    ...(kubectl === undefined ? [] : [row(['', 'kubectl', '', '', ...cells(kubectl), times(kubectl)])]),
  ];
}

/** Lists of one page are too many to name each. */
function paths({ paths: all, beyondPages }: Size): readonly string[] {
  const long = all.filter(({ requests }) => requests > 1);
  const rest = all.filter(({ requests }) => requests === 1);
  const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...long.map(({ path, requests, bytes }) => `  ${String(requests).padStart(4)}  ${path}  ${megabytes(bytes)}`),
    `  ${String(rest.length).padStart(4)}  other paths, one request each, ${beyondPages} of them no list  ${megabytes(restBytes)}`,
  ];
}

function growth(sizes: readonly Size[]): readonly string[] {
  const small = sizes.find((size) => size.pods === 5_000);
  const large = sizes.find((size) => size.pods === 20_000);
  if (small === undefined || large === undefined) return [];
  const [time, memory] = [large.tool.ms / small.tool.ms, large.tool.rss / small.tool.rss];
  return [`from 5,000 to 20,000 pods: time x ${time.toFixed(2)}, memory x ${memory.toFixed(2)}`];
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index]!))
    .join('')
    .trimEnd();
}
