import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Cost, measure, median, medianCost } from './measure.ts';
import type { Target } from './target.ts';

const run = promisify(execFile);
export const bin = resolve('bin/mekhanikube.js');

/** What one cluster cost: medians of several runs, and medians of the ratios of runs that followed each other. */
export interface Size {
  readonly pods: number;
  readonly objects: number;
  readonly requests: number;
  /** Requests that are no page of a list. */
  readonly beyondPages: number;
  readonly bytes: number;
  readonly paths: readonly PathCost[];
  readonly tool: Cost;
  /** One process that fetches all pages over one connection. */
  readonly curl: Cost & { readonly times: number };
  /** A process for each page, as a script without a client library does it. */
  readonly curls: Cost & { readonly times: number };
  readonly kubectl?: Cost & { readonly times: number };
}

interface PathCost {
  readonly path: string;
  readonly requests: number;
  readonly bytes: number;
}

export interface SizeOptions {
  readonly pods: number;
  readonly runs: number;
  /** Objects to a page of kubectl's. */
  readonly chunk: number;
}

/** Measures the tool, curl and, where the server is a real one, kubectl, one after another, several times. */
export async function measureSize(target: Target, { pods, runs, chunk }: SizeOptions): Promise<Size> {
  const file = join(target.folder, 'report.json');
  const args = [bin, 'analyze', '--kubeconfig', target.kubeconfig, '-o', `json=${file}`];
  // The first run is not measured: it fills caches, and says what there is to fetch.
  await measure(process.execPath, args);
  const { stats, complete } = await reportIn(file);
  if (!complete) throw new Error('the tool could not see all of the cluster');
  const urls = await target.taken(stats.requests);
  const paths = await fetched(target, urls);
  const env = { ...process.env, HOME: target.folder };
  const kubectlArgs = [...(target.kubectl?.args ?? []), ...getAll(urls, chunk)];
  if (target.kubectl !== undefined) await measure(target.kubectl.command, kubectlArgs, env);
  const costs: { tool: Cost; curl: Cost; curls: Cost; kubectl?: Cost }[] = [];
  for (let count = 0; count < runs; count += 1) {
    const tool = await measure(process.execPath, args);
    // A request that had to be sent again is one more in that run.
    const taken = await target.taken((await reportIn(file)).stats.requests);
    const curl = await measure('curl', ['--config', await curlConfig(target, taken)]);
    const curls = await measure('sh', ['-c', eachByCurl, 'sh', ...(await curlEach(target, taken))]);
    const { kubectl } = target;
    costs.push({
      tool,
      curl,
      curls,
      ...(kubectl === undefined ? {} : { kubectl: await measure(kubectl.command, kubectlArgs, env) }),
    });
  }
  const against = (name: 'curl' | 'curls' | 'kubectl') => ({
    ...medianCost(costs.map((cost) => cost[name]!)),
    times: median(costs.map((cost) => cost.tool.ms / cost[name]!.ms)),
  });
  return {
    pods,
    objects: stats.objects,
    requests: urls.length,
    beyondPages: urls.filter((url) => !url.includes('limit=')).length,
    bytes: paths.reduce((sum, { bytes }) => sum + bytes, 0),
    paths,
    tool: medianCost(costs.map(({ tool }) => tool)),
    curl: against('curl'),
    curls: against('curls'),
    ...(target.kubectl === undefined ? {} : { kubectl: against('kubectl') }),
  };
}

interface Reported {
  readonly stats: { readonly requests: number; readonly objects: number };
  readonly complete: boolean;
}

async function reportIn(file: string): Promise<Reported> {
  return JSON.parse(await readFile(file, 'utf8')) as Reported;
}

/** What each path answers, in bytes, as curl counts them; those with most first. */
async function fetched(target: Target, urls: readonly string[]): Promise<readonly PathCost[]> {
  const config = await curlConfig(target, urls, '%{size_download} %{url}\\n');
  const { stdout } = await run('curl', ['--config', config], { maxBuffer: 2 ** 30 });
  const paths = new Map<string, { requests: number; bytes: number }>();
  for (const line of stdout.trimEnd().split('\n')) {
    const [bytes = '', url = ''] = line.split(' ');
    const { pathname } = new URL(url);
    const known = paths.get(pathname) ?? { requests: 0, bytes: 0 };
    paths.set(pathname, { requests: known.requests + 1, bytes: known.bytes + Number(bytes) });
  }
  return [...paths].map(([path, cost]) => ({ path, ...cost })).sort((one, other) => other.bytes - one.bytes);
}

/** One curl process that fetches all pages over one connection, one after another. Its own name would get it indented JSON. */
async function curlConfig(target: Target, urls: readonly string[], told?: string): Promise<string> {
  const file = join(target.folder, 'curl');
  const common = ['silent', 'fail', 'user-agent = "bench"', ...target.curl];
  const write = told === undefined ? [] : [`write-out = "${told}"`];
  const fetches = urls.map((url) => `url = "${target.url}${url}"\noutput = "/dev/null"`);
  await writeFile(file, `${[...common, ...write, ...fetches].join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** The first argument is a curl configuration, the others are addresses. */
const eachByCurl = 'config=$1; shift; for url; do curl --config "$config" --output /dev/null "$url" || exit; done';

async function curlEach(target: Target, urls: readonly string[]): Promise<readonly string[]> {
  const file = join(target.folder, 'curl-each');
  await writeFile(file, `${['silent', 'fail', 'user-agent = "bench"', ...target.curl].join('\n')}\n`, { mode: 0o600 });
  return [file, ...urls.map((url) => `${target.url}${url}`)];
}

/** kubectl's arguments that read the same kinds. */
function getAll(urls: readonly string[], chunk: number): readonly string[] {
  const lists = urls
    .map((url) => new URL(url, 'https://server'))
    .filter(({ searchParams }) => searchParams.has('limit'));
  const kinds = new Set(lists.map(({ pathname }) => kindOf(pathname)));
  return ['get', [...kinds].join(','), '-A', '-o', 'json', `--chunk-size=${chunk}`];
}

/** `/apis/apps/v1/deployments` as kubectl names it: `deployments.v1.apps`. */
function kindOf(pathname: string): string {
  const [, base, ...parts] = pathname.split('/');
  if (base === 'api') return parts[1]!;
  const [group, version, plural] = parts;
  return `${plural}.${version}.${group}`;
}
