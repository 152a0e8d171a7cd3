/**
 * `npm run bench`: what analysing a cluster costs, as ratios to one curl process that fetches the same pages one after another, to a curl
 * process for each page (`curl each`), and to one kubectl that gets the same kinds, and what starting costs, as ratios to a bare
 * `node -e 0`. Runs are interleaved and medians are printed: machines are noisy, ratios less.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { controlPlaneExecutable } from '../test/e2e/support/executable.ts';
import { CannotBuild } from '../test/e2e/support/go-program.ts';
import { fakeTarget } from './fake.ts';
import { measure, median } from './measure.ts';
import { realTarget } from './real.ts';
import { bin, measureSize, type Size } from './size.ts';
import { type Results, table } from './table.ts';

const usage = `npm run bench -- [flags]
  --pods 1000,5000,20000  how many pods; a cluster is filled once and kept in the cache: 20,000 take some twelve minutes
  --runs 5                how often each command runs
  --server real|fake      a real API server and etcd (needs Go, or a control plane built before), or a server of this process
  --chunk 500             objects to a page of kubectl's
  --json                  JSON in place of the table`;
const say = (line: string) => console.error(line);
const values = flags();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const runs = count('runs', values.runs);
const chunk = count('chunk', values.chunk);
const podCounts = values.pods.split(',').map((one) => count('pods', one));

const server = await chooseServer();
const sizes: Size[] = [];
for (const pods of podCounts) {
  const target = await (server === 'real' ? realTarget(pods, say) : fakeTarget(pods));
  try {
    sizes.push(await measureSize(target, { pods, runs, chunk }));
  } finally {
    await target.close();
  }
}
const results: Results = { server, runs, sizes, start: await coldStart() };
console.log(values.json ? JSON.stringify(results, null, 2) : table(results).join('\n'));

/** @returns what was given, and what stands for the rest; an unknown flag ends the process. */
function flags() {
  try {
    return parseArgs({
      options: {
        pods: { type: 'string', default: '1000,5000,20000' },
        runs: { type: 'string', default: '5' },
        server: { type: 'string' },
        chunk: { type: 'string', default: '500' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(`${(error as Error).message}\n${usage}`);
  }
}

/** @returns the number a flag gives; a word that is none ends the process. */
function count(flag: string, text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : refuse(`--${flag} ${text}: give a whole number above 0`);
}

function refuse(line: string): never {
  say(line);
  process.exit(2);
}

async function chooseServer(): Promise<Results['server']> {
  const wanted = values.server;
  if (wanted === 'fake') return 'fake';
  if (wanted !== undefined && wanted !== 'real') refuse(`--server ${wanted}: give real or fake`);
  try {
    await controlPlaneExecutable(say);
    return 'real';
  } catch (error) {
    if (!(error instanceof CannotBuild)) throw error;
    if (wanted === 'real') refuse(error.message);
    say(`${error.message}; measuring against a server of this process`);
    return 'fake';
  }
}

async function coldStart(): Promise<Results['start']> {
  const commands = {
    node: ['-e', '0'],
    version: [bin, '--version'],
    recorded: [bin, 'analyze', '--from', resolve('demo/shop.snapshot.gz')],
  };
  const times: Record<keyof typeof commands, number[]> = { node: [], version: [], recorded: [] };
  for (let run = 0; run < Math.max(runs, 10); run += 1) {
    for (const name of ['node', 'version', 'recorded'] as const)
      times[name].push((await measure(process.execPath, commands[name])).ms);
  }
  const ratio = (name: 'version' | 'recorded') => median(times[name].map((one, index) => one / times.node[index]!));
  return { nodeMs: median(times.node), versionTimesNode: ratio('version'), recordedTimesNode: ratio('recorded') };
}
