import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { analyzers } from '../analyzers/index.ts';
import { loadRecorded } from '../src/cluster/recorded.ts';
import { analyze } from '../src/pipeline.ts';
import { renderJson } from '../src/render/json.ts';
import { renderText } from '../src/render/text.ts';
import { steady } from './support/steady.ts';
import { expected, readStory, told } from './support/story-file.ts';

// What a real control plane did with the manifests of test/e2e/stories, as `make record` wrote it down.
const folder = path.join(import.meta.dirname, 'clusters');
const stories = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const titles = new Map(
  analyzers.flatMap(({ codes }) => Object.entries(codes).map(([code, { title }]) => [code, title] as const)),
);

test('there are stories', () => {
  expect(stories.length).toBeGreaterThan(10);
});

test('the recording that make demo shows is one of them', () => {
  const demo = readFileSync(path.join(import.meta.dirname, '../demo/shop.snapshot.gz'));
  expect(demo.equals(readFileSync(path.join(folder, 'secret-name-typo', 'cluster.snapshot.gz')))).toBe(true);
});

describe.each(stories.map(({ name }) => name).sort())('%s', (name) => {
  const file = (one: string) => path.join(folder, name, one);

  test('holds no private key, plain or in base64', () => {
    const text = gunzipSync(readFileSync(file('cluster.snapshot.gz'))).toString();
    expect(text).not.toMatch(/PRIVATE KEY|UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW/);
  });

  test('has one root and no false alarm', async () => {
    const report = analyze(await loadRecorded({ paths: [file('cluster.snapshot.gz')] }), { analyzers });
    const story = readStory(file('story.yaml'));
    expect(told(report, story)).toEqual(expected(story));
    // What the tool has learnt to read since cannot be in it; all else can.
    expect(report.gaps.filter(({ reason }) => reason !== 'not in the recording')).toEqual([]);
  });

  // `vitest run test/clusters.test.ts -u` writes them anew: read the difference before you commit it.
  test('is reported as it was', async () => {
    const loaded = await loadRecorded({ paths: [file('cluster.snapshot.gz')] });
    const report = steady(analyze(loaded, { analyzers }));
    const text = renderText(report, {
      severity: 'info',
      all: false,
      titleOf: (code) => titles.get(code),
      color: false,
      columns: 120,
    });
    await expect(renderJson(report)).toMatchFileSnapshot(file('report.json'));
    await expect(text).toMatchFileSnapshot(file('report.txt'));
  });
});
