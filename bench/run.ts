/**
 * `npm run bench`: what analysing a cluster costs, as ratios to one curl process that fetches the same pages one after another, and
 * what starting costs, as ratios to a bare `node -e 0`. Runs are interleaved and medians are printed: machines are noisy, ratios less.
 * `--pods 1000,5000` chooses sizes, `--runs 5` how often, `--json` prints JSON.
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeCluster } from './cluster.ts';
import { measure, median, type Measured } from './measure.ts';
import { type BenchServer, serve } from './server.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '1000,5000,20000' },
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const bin = path.resolve('bin/mekhanikube.js');

const sizes: Awaited<ReturnType<typeof atSize>>[] = [];
for (const pods of values.pods.split(',').map(Number)) sizes.push(await atSize(pods));
const start = await coldStart();

if (values.json) console.log(JSON.stringify({ sizes, start, growth: growth() }, null, 2));
else print();

async function atSize(pods: number) {
  const server = await serve(makeCluster(pods));
  try {
    const kubeconfig = await writeKubeconfig(server);
    const args = [bin, 'analyze', '--kubeconfig', kubeconfig, '-o', 'json'];
    await must(measure(process.execPath, args));
    const { urls, bytes } = server.taken();
    const curlConfig = path.join(server.folder, 'curl');
    const fetches = urls.map((url) => `url = "${server.url}${url}"\noutput = "/dev/null"`).join('\n');
    await writeFile(curlConfig, `silent\nuser-agent = "bench"\ncacert = "${server.folder}/ca.crt"\n${fetches}\n`);
    const tool: Measured[] = [];
    const curl: Measured[] = [];
    for (let run = 0; run < runs; run += 1) {
      tool.push(await must(measure(process.execPath, args)));
      curl.push(await must(measure('curl', ['--config', curlConfig])));
    }
    const pages = urls.filter((url) => url.includes('limit=')).length;
    const ms = median(tool.map((one) => one.ms));
    return {
      pods,
      requests: urls.length,
      beyondPages: urls.length - pages,
      megabytes: bytes / 2 ** 20,
      ms,
      curlMs: median(curl.map((one) => one.ms)),
      timesCurl: median(tool.map((one, index) => one.ms / curl[index]!.ms)),
      rss: median(tool.map((one) => one.rss)),
    };
  } finally {
    await server.close();
    await rm(server.folder, { recursive: true });
  }
}

async function coldStart() {
  const commands = {
    node: ['-e', '0'],
    version: [bin, '--version'],
    recorded: [bin, 'analyze', '--from', path.resolve('demo/shop.snapshot.gz')],
  };
  const times: Record<keyof typeof commands, number[]> = { node: [], version: [], recorded: [] };
  for (let run = 0; run < Math.max(runs, 10); run += 1) {
    for (const name of ['node', 'version', 'recorded'] as const)
      times[name].push((await measure(process.execPath, commands[name])).ms);
  }
  const ratio = (name: 'version' | 'recorded') => median(times[name].map((one, index) => one / times.node[index]!));
  return { nodeMs: median(times.node), versionTimesNode: ratio('version'), recordedTimesNode: ratio('recorded') };
}

function growth() {
  const small = sizes.find((size) => size.pods === 5_000);
  const large = sizes.find((size) => size.pods === 20_000);
  return small === undefined || large === undefined
    ? undefined
    : { time: large.ms / small.ms, memory: large.rss / small.rss };
}

function print(): void {
  console.log('pods     requests  beyond pages  MB       ms      x curl   peak RSS MB');
  for (const size of sizes) {
    const cells = [
      size.pods,
      size.requests,
      size.beyondPages,
      size.megabytes.toFixed(1),
      size.ms.toFixed(0),
      size.timesCurl.toFixed(2),
      size.rss.toFixed(0),
    ];
    const widths = [9, 10, 14, 9, 8, 9, 11];
    console.log(cells.map((cell, index) => String(cell).padEnd(widths[index]!)).join(''));
  }
  const grown = growth();
  if (grown !== undefined)
    console.log(`from 5,000 to 20,000 pods: time x ${grown.time.toFixed(2)}, memory x ${grown.memory.toFixed(2)}`);
  console.log(
    `cold start: --version ${start.versionTimesNode.toFixed(2)} x node -e 0, analyze on the demo ${start.recordedTimesNode.toFixed(2)} x`,
  );
}

async function must(run: Promise<Measured>): Promise<Measured> {
  const measured = await run;
  if (measured.code !== 0) throw new Error(`a measured command ended with ${measured.code}`);
  return measured;
}

async function writeKubeconfig(server: BenchServer): Promise<string> {
  const file = path.join(server.folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'bench', cluster: { server: server.url, 'certificate-authority': path.join(server.folder, 'ca.crt') } },
    ],
    users: [{ name: 'bench', user: { token: 'bench' } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    'current-context': 'bench',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
