import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { analyzers } from '../analyzers/index.ts';
import { allResources, resources } from '../src/model/resources.ts';

const root = path.join(import.meta.dirname, '..');
const folders = readdirSync(path.join(root, 'analyzers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const tests = readdirSync(path.join(root, 'test', 'analyzers')).map((name) => ({
  name,
  text: readFileSync(path.join(root, 'test', 'analyzers', name), 'utf8'),
}));

test('every folder of analyzers is registered, in alphabetical order, under its own name', () => {
  expect(analyzers.map(({ id }) => id)).toEqual(folders);
});

test('a code belongs to one analyzer', () => {
  const codes = analyzers.flatMap((analyzer) => Object.keys(analyzer.codes));
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

// Tests of a kind with a long name may leave it out where they build the code from it.
test.each(analyzers.map((analyzer) => [analyzer.id, analyzer] as const))(
  '%s: every code is named in a test',
  (_, { codes, kinds }) => {
    const named = (code: string) => tests.some(({ text }) => new RegExp(`(?:\\b|\\})${code}\\b`).test(text));
    const untested = Object.keys(codes).filter((code) => {
      const kind = kinds.find((one) => code.startsWith(one) && one.length > 7);
      return !named(code) && (kind === undefined || !named(code.slice(kind.length)));
    });
    expect(untested).toEqual([]);
  },
);

test.each(analyzers.map((analyzer) => [analyzer.id, analyzer] as const))(
  '%s: reads, kinds and settings are in order',
  (_, { reads, kinds, settings, title, codes }) => {
    expect(reads.filter((resource) => !allResources.includes(resource))).toEqual([]);
    expect(new Set(reads).size).toBe(reads.length);
    const known = new Set(allResources.map((resource) => resources[resource].kind));
    expect(kinds.filter((kind) => !known.has(kind))).toEqual([]);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    for (const [code, spec] of Object.entries(codes)) {
      expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(spec.title).toMatch(/^\S.*[^.]$/);
    }
    for (const setting of Object.values(settings)) {
      expect(setting.default).toBeGreaterThanOrEqual(0);
      expect(setting.title).toMatch(/^[A-Z].*[^.]$/);
    }
  },
);

test('the ClusterRole names every resource that is read, Secrets in the other file', () => {
  const role = readFileSync(path.join(root, 'deploy', 'rbac.yaml'), 'utf8');
  const secrets = readFileSync(path.join(root, 'deploy', 'rbac-secrets.yaml'), 'utf8');
  const lacking = allResources.filter(
    (resource) => !new RegExp(`\\b${resources[resource].plural}\\b`).test(resource === 'secrets' ? secrets : role),
  );
  expect(lacking).toEqual([]);
});
