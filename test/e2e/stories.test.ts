import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type ExpectStatic, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import type { Report } from '../../src/model/report.ts';
import { resources } from '../../src/model/resources.ts';
import { neededResources } from '../../src/pipeline.ts';
import { expected, readStory, told } from '../support/story-file.ts';
import { requestsOf } from './support/audit.ts';
import type { Cluster } from './support/cluster.ts';
import { publishedRules } from './support/published.ts';
import { letTimePass } from './support/snapshots.ts';
import { passing, play, storyFile, storyNames } from './support/story.ts';
import { runTool } from './support/tool.ts';
import { until } from './support/wait.ts';

// What has just been created is young: with no patience at all, a living cluster gives findings at once.
const impatient = analyzers.flatMap(({ id, settings }) =>
  Object.entries(settings)
    .filter(([, { unit }]) => unit === 'seconds')
    .flatMap(([name]) => ['--set', `${id}.${name}=0`]),
);

describe('stories', { concurrent: true }, () => {
  it.for(storyNames())('%s', async (name, { expect }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mekhanikube-story-'));
    const cluster = await play(name);
    try {
      // Nothing moves from here on, not even leases: what is read twice is the same.
      await cluster.processes.end(['kwok', 'kube-scheduler', 'kube-controller-manager']);
      const live = await analyze(['--kubeconfig', cluster.kubeconfig('secrets-reader'), ...impatient]);
      await checkRequests(expect, cluster, live);
      const recording = path.join(folder, 'cluster.gz');
      const { stderr } = await runTool(['snapshot', recording, '--kubeconfig', cluster.kubeconfig('secrets-reader')]);
      expect(stderr).toContain('Wrote');

      const recorded = await analyze(['--from', recording, '--at', live.takenAt, ...impatient]);
      expect(recorded.problems).toEqual(live.problems);
      expect(recorded.incidents).toEqual(live.incidents);

      const later = path.join(folder, 'later.gz');
      copyFileSync(recording, later);
      letTimePass(later, passing(name));
      const story = readStory(storyFile(name));
      expect(told(await analyze(['--from', later]), story)).toEqual(expected(story));
    } finally {
      await cluster.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

async function analyze(args: readonly string[]): Promise<Report> {
  const { exitCode, stdout, stderr } = await runTool(['analyze', '-o', 'json', ...args]);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stderr}`);
  // The API server itself goes on to look at what it has, and says when it looked last.
  return JSON.parse(stdout.replaceAll(/current time [\d:TZ-]+/g, 'current time'));
}

/** Every list once and all of it allowed: the reports count what the server counted, and nothing but get and list was asked. */
async function checkRequests(expect: ExpectStatic, cluster: Cluster, { stats }: Report): Promise<void> {
  const requests = await until('the audit log', async () => {
    const all = requestsOf(cluster, 'secrets-reader');
    return all.length >= stats.requests ? all : undefined;
  });
  expect(requests.length).toBe(stats.requests);
  expect(requests.filter(({ verb }) => verb !== 'get' && verb !== 'list')).toEqual([]);
  expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
  const isPublished = await publishedRules();
  expect(requests.filter((request) => !isPublished(request))).toEqual([]);
  const lists = requests.filter(({ verb }) => verb === 'list').map(({ path: list }) => list);
  expect(lists.length).toBe(new Set(lists).size);
  // Of custom resources only those whose group the server serves are asked for.
  const needed = neededResources(analyzers);
  expect(lists.length).toBeLessThanOrEqual(needed.length);
  expect(lists.length).toBeGreaterThanOrEqual(needed.filter((one) => resources[one].custom !== true).length);
  expect(requests.length - lists.length).toBeLessThanOrEqual(4);
}
