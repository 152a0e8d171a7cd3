import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { krewManifest, toYaml } from '../scripts/release/krew.ts';
import { notesOf } from '../scripts/release/notes.ts';
import { type Bom, bundledOnly } from '../scripts/release/sbom.ts';
import { workflowFaults } from './support/workflow.ts';

const text = (file: string) => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

describe('the workflow of a release', () => {
  const workflow = text('.github/workflows/release.yaml');
  interface Job {
    readonly needs?: string | readonly string[];
    readonly permissions?: Readonly<Record<string, string>>;
    readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
  }
  const { jobs, permissions } = load(workflow) as { jobs: Readonly<Record<string, Job>>; permissions: object };
  const needs = (name: string): readonly string[] => {
    const own = [jobs[name]?.needs ?? []].flat();
    return [...own, ...own.flatMap(needs)];
  };

  test("is one to GitHub's own parser, which is not fooled", async () => {
    expect(await workflowFaults(workflow)).toEqual([]);
    expect(await workflowFaults(workflow.replace('id-token: write', 'id-tokens: write'))).not.toEqual([]);
    expect(await workflowFaults(workflow.replace('steps.push.outputs', 'step.push.outputs'))).not.toEqual([]);
  });

  test('each job may do what it has to, and no more', () => {
    expect(permissions).toEqual({});
    const allowed = Object.entries(jobs).map(([name, job]) => [name, job.permissions]);
    expect(Object.fromEntries(allowed)).toEqual({
      test: { contents: 'read' },
      files: { contents: 'read' },
      npm: { 'id-token': 'write' },
      image: { contents: 'read', packages: 'write' },
      chart: { packages: 'write' },
      release: { contents: 'write' },
    });
  });

  test('nothing is published before tests and the dry run have passed', () => {
    for (const name of ['npm', 'image', 'chart', 'release'])
      expect(needs(name)).toEqual(expect.arrayContaining(['test', 'files']));
    const commands = (name: string) => jobs[name]!.steps.flatMap(({ run = [] }) => run);
    expect(commands('test')).toEqual(expect.arrayContaining(['make test', 'make e2e']));
    expect(commands('files').join('\n')).toContain('make release-dry-run');
    expect(text('Makefile')).toMatch(/^release-dry-run: build ##/m);
  });

  test('expressions reach no shell but through the environment', () => {
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
    expect(scripts.join('\n')).not.toContain('${{');
  });

  test('every action is named by a version', () => {
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses = [] }) => uses));
    expect(used.length).toBeGreaterThan(10);
    for (const one of used) expect(one).toMatch(/^(actions|docker)\/[a-z-]+@(v\d+|[0-9a-f]{40})$/);
  });
});

// https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/
test('the manifest for Krew has what Krew asks for', () => {
  const sha256 = 'a'.repeat(64);
  const uri = 'https://example.com/mekhanikube-1.2.3.tgz';
  const manifest = krewManifest({ version: '1.2.3', homepage: 'https://example.com', uri, sha256 });
  expect(load(toYaml(manifest))).toEqual(manifest);
  expect(manifest).toMatchObject({
    metadata: { name: 'mekhanikube' },
    spec: { version: 'v1.2.3', platforms: [{ uri, sha256 }] },
  });
  expect(manifest.spec.shortDescription.length).toBeLessThanOrEqual(50);
  const { bin } = JSON.parse(text('package.json')) as { bin: Readonly<Record<string, string>> };
  expect(manifest.spec.platforms[0]?.bin).toBe(bin['kubectl-mekhanikube']);
});

describe('the notes of a release', () => {
  const changelog =
    '# Changelog\n\n## Unreleased\n\n## [1.2.0] - 2026-03-01\n\n- new\n\n### Fixed\n\n- old\n\n## 1.1.0\n\n- first\n';
  test.each([
    ['1.2.0', '- new\n\n### Fixed\n\n- old\n'],
    ['1.1.0', '- first\n'],
    ['1.1', undefined],
    ['Unreleased', undefined],
    ['2.0.0', undefined],
  ])('%s', (version, expected) => {
    expect(notesOf(changelog, version)).toBe(expected);
  });
  test('there is something to tell now', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string };
    const log = text('CHANGELOG.md');
    expect(notesOf(log, version) ?? notesOf(log, 'Unreleased')).toMatch(/^- /);
  });
});

describe('the bill of materials', () => {
  const component = (name: string) => ({
    'bom-ref': `${name}@1.0.0`,
    name,
    version: '1.0.0',
    scope: 'optional',
    properties: [{ name: 'cdx:npm:package:development' }, { name: 'other' }],
  });
  const all: Bom = {
    metadata: { component: { name: 'main', version: '1.0.0' } },
    components: ['chalk', '@scope/linter', 'zod'].map(component),
    dependencies: [
      { ref: 'mekhanikube@1.0.0', dependsOn: [] },
      { ref: 'chalk@1.0.0', dependsOn: ['zod@1.0.0', '@scope/linter@1.0.0'] },
      { ref: '@scope/linter@1.0.0', dependsOn: [] },
    ],
  };
  const notices = (...names: readonly string[]) =>
    `contains\n\n${names.map((name) => `${'-'.repeat(80)}\n${name} 1.0.0 (MIT)\n\ntext\n`).join('\n')}`;

  test('has what is bundled, as part of the package, and nothing else', () => {
    expect(bundledOnly(all, notices('chalk', 'zod'))).toEqual({
      metadata: { component: { name: 'mekhanikube', version: '1.0.0' } },
      components: ['chalk', 'zod'].map((name) => ({
        ...component(name),
        scope: 'required',
        properties: [{ name: 'other' }],
      })),
      dependencies: [
        { ref: 'mekhanikube@1.0.0', dependsOn: ['chalk@1.0.0', 'zod@1.0.0'] },
        { ref: 'chalk@1.0.0', dependsOn: ['zod@1.0.0'] },
      ],
    });
  });

  test.each([
    ['a package that npm does not know', notices('chalk', 'undici')],
    ['notices without a package', 'contains nothing'],
  ])('%s is an error', (_, told) => {
    expect(() => bundledOnly(all, told)).toThrow('bill of materials');
  });
});
