import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The package as users install it, and an analyzer that lies where the package is not.
const root = path.join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'mekhanikube-external-'));
const bin = path.join(folder, 'installed', 'node_modules', '.bin', 'mekhanikube');
const home = path.join(folder, 'home');

const analyzer = `
import { defineAnalyzer, field, ref } from 'mekhanikube';

export default defineAnalyzer({
  id: 'latest-tags',
  title: 'Images without a fixed tag',
  reads: ['pods'],
  kinds: ['Pod'],
  codes: { PodImageTagFloats: { severity: 'warning', title: 'Image tag that may change' } },
  settings: {},
  runbook: '## PodImageTagFloats\\nThe tag latest is another image tomorrow.\\n\\n### Confirm\\n- Look: \`kubectl get pod {{pod}} -n {{namespace}}\`\\n\\n### Fix\\n- Name a version.\\n',
  *analyze(snapshot) {
    for (const pod of snapshot.list('pods').items) {
      const image: string | undefined = pod.spec.containers[0]?.image;
      if (image === undefined || !image.endsWith(':latest')) continue;
      yield { code: 'PodImageTagFloats', object: ref(pod), message: \`runs \${image}\`, evidence: [field(pod, 'spec.containers[0].image', image)] };
    }
  },
});
`;

beforeAll(() => {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  const quiet = ['--silent', '--no-audit', '--no-fund', '--offline'];
  execFileSync('npm', ['install', ...quiet, '--prefix', path.join(folder, 'installed'), path.join(folder, packed)]);
  mkdirSync(home);
  writeFileSync(path.join(home, 'latest-tags.ts'), analyzer);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'b' },
    spec: { containers: [{ name: 'c', image: 'x:latest' }] },
  };
  writeFileSync(path.join(home, 'pod.json'), JSON.stringify(pod));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

function run(config: string, ...args: readonly string[]) {
  writeFileSync(path.join(home, 'config.yaml'), config);
  const { PATH } = process.env;
  const env = { PATH, HOME: home, MEKHANIKUBE_CONFIG: path.join(home, 'config.yaml') };
  return spawnSync(bin, args, { cwd: folder, encoding: 'utf8', env });
}

describe('an analyzer of the user, TypeScript, far from the installed package', () => {
  test('finds and explains', () => {
    const { stdout, stderr, status } = run(
      'externalAnalyzers: [latest-tags.ts]',
      'analyze',
      '--from',
      path.join(home, 'pod.json'),
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('WARNING  Image tag that may change: Pod b/a  PodImageTagFloats');
    expect(stdout).toContain('kubectl get pod a -n b');
  });

  test('is listed', () => {
    const { stdout } = run('externalAnalyzers: [latest-tags.ts]', 'analyzers');
    expect(stdout).toContain('latest-tags: Images without a fixed tag');
  });

  test('has types that really check', () => {
    const check = (text: string) => {
      const file = path.join(folder, 'installed', 'check.ts');
      writeFileSync(file, text);
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', 'node'];
      const types = ['--typeRoots', path.join(root, 'node_modules', '@types')];
      return spawnSync(path.join(root, 'node_modules', '.bin', 'tsc'), [...flags, ...types, file], {
        cwd: folder,
        encoding: 'utf8',
      });
    };
    expect(check(analyzer).stdout).toBe('');
    expect(check(analyzer.replace("code: 'PodImageTagFloats',", "code: 'Other',")).stdout).toContain(`"Other"`);
    expect(check(analyzer.replace("list('pods')", "list('nodes')")).stdout).toContain(`'"nodes"'`);
  });
});

describe('what cannot be used', () => {
  test.each([
    ['a file that is not there', 'externalAnalyzers: nothere.ts', 'there is no such file'],
    ['a module without an analyzer', 'externalAnalyzers: empty.js', 'its default export is no analyzer'],
    ['a module that fails', 'externalAnalyzers: fails.js', 'it fails: no luck'],
    ['an unknown resource', 'externalAnalyzers: unknown.js', '"podz" is not read; did you mean "pods"?'],
    ['an id that is taken', 'externalAnalyzers: taken.js', 'there already is an analyzer "pods"'],
  ])('%s', (_, config, message) => {
    const form = (id: string, reads: string) =>
      `export default { id: '${id}', title: 't', reads: ['${reads}'], kinds: [], codes: {}, settings: {}, runbook: '', *analyze() {} };`;
    writeFileSync(path.join(home, 'empty.js'), 'export default {};');
    writeFileSync(path.join(home, 'fails.js'), 'throw new Error("no luck");');
    writeFileSync(path.join(home, 'unknown.js'), form('mine', 'podz'));
    writeFileSync(path.join(home, 'taken.js'), form('pods', 'pods'));
    writeFileSync(path.join(home, 'package.json'), '{"type":"module"}');
    const { stderr, status } = run(config, 'analyze', '--from', path.join(home, 'pod.json'));
    expect(stderr).toContain(message);
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(2);
    expect(status).toBe(2);
  });

  test('the environment may not name code to run', () => {
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      MEKHANIKUBE_EXTERNAL_ANALYZERS: path.join(home, 'latest-tags.ts'),
    };
    const { stderr, status } = spawnSync(bin, ['analyze', '--from', path.join(home, 'pod.json')], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).toContain('only the configuration file may name analyzers');
    expect(status).toBe(2);
  });
});
