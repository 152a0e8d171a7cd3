import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAll } from 'js-yaml';
import { accepted } from '../support/accepted.ts';
import { cronJobContainer, cronJobManifests, githubWorkflow, gitlabJobs, recipe } from '../support/recipes.ts';
import { workflowFaults } from '../support/workflow.ts';

const project = path.join(import.meta.dirname, '../..');

/** The commands of a script that run the tool, as words; variables of the shell stay as they are. */
function commands(script: string): readonly (readonly string[])[] {
  return script
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim().startsWith('mekhanikube '))
    .map((line) => line.replaceAll('"', '').trim().split(/\s+/).slice(1));
}

/** The words without the baseline, which nobody has written yet. */
function withoutBaseline(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => word !== '--baseline' && words[index - 1] !== '--baseline');
}

describe('GitHub Actions', () => {
  const text = recipe('github-actions');

  test("is a workflow to GitHub's own parser", async () => {
    expect(await workflowFaults(text)).toEqual([]);
  });

  test.each([
    ['runs-on:', 'runs-in:'],
    ['cancelled()', 'canceled()'],
    ['node-version: 24', 'node-version: [24]'],
    ['contents: read', 'contents: reads'],
  ])('that parser is not fooled: %s as %s', async (right, wrong) => {
    expect(text).toContain(right);
    expect(await workflowFaults(text.replace(right, wrong))).not.toEqual([]);
  });

  test('what is uploaded is what was written', () => {
    const { steps } = githubWorkflow().jobs.analyze;
    const [words = []] = steps.flatMap(({ run = '' }) => commands(run));
    const made = steps.flatMap(({ run = '' }) => /^jq .* (\S+) > (\S+)$/m.exec(run) ?? []);
    const isWritten = (file: string) => words.some((word) => word.endsWith(`=${file}`));
    expect(isWritten(made[1] ?? '')).toBe(true);
    for (const step of steps.filter(({ uses = '' }) => /upload/.test(uses))) {
      const file = String(step.with?.['sarif_file'] ?? step.with?.['path']);
      expect(isWritten(file) || made[2] === file).toBe(true);
      expect(step.if).toContain(`hashFiles('${file}')`);
    }
  });

  test('secrets reach a step through its environment alone', () => {
    const { steps } = githubWorkflow().jobs.analyze;
    expect(steps.flatMap(({ run = '' }) => run).join('\n')).not.toContain('${{');
  });

  test('the tool takes the flags and the environment', async () => {
    const { env, jobs } = githubWorkflow();
    const all = jobs.analyze.steps.flatMap(({ run = '' }) => commands(run));
    expect(all).toHaveLength(1);
    expect(await accepted(withoutBaseline(all[0]!), env)).toBe('error: the cluster is away\n');
  });
});

describe('GitLab CI', () => {
  const { cluster, ...others } = gitlabJobs();

  // https://docs.gitlab.com/ci/yaml/
  test('has the fields of a job, and no other', () => {
    expect(others).toEqual({});
    expect(Object.keys(cluster!).sort()).toEqual(['artifacts', 'image', 'rules', 'script', 'timeout', 'variables']);
    expect(Object.keys(cluster!.artifacts).sort()).toEqual(['expire_in', 'paths', 'reports', 'when']);
    expect(Object.keys(cluster!.artifacts.reports).sort()).toEqual(['codequality', 'junit']);
    expect(['always', 'on_failure', 'on_success']).toContain(cluster!.artifacts.when);
    expect(cluster!.script.every((line) => typeof line === 'string')).toBe(true);
  });

  test('what is kept is what was written, in the form that its name says', () => {
    const { artifacts, script } = cluster!;
    const [words = []] = commands(script.join('\n'));
    expect(words).toContain(`junit=${artifacts.reports['junit']}`);
    expect(words).toContain(`gitlab=${artifacts.reports['codequality']}`);
    for (const file of artifacts.paths) expect(words).toContain(`json=${file}`);
  });

  test('the tool takes the flags and the environment', async () => {
    const all = commands(cluster!.script.join('\n'));
    expect(all).toHaveLength(1);
    expect(await accepted(withoutBaseline(all[0]!), cluster!.variables)).toBe('error: the cluster is away\n');
  });
});

describe('CronJob', () => {
  test('binds a role that there is, to the account that it runs as', () => {
    const [role] = loadAll(readFileSync(path.join(project, 'deploy/rbac.yaml'), 'utf8')) as {
      kind: string;
      metadata: { name: string };
    }[];
    expect(cronJobManifests()).toMatchObject([
      { kind: 'Namespace', metadata: { name: 'mekhanikube' } },
      { kind: 'ServiceAccount', metadata: { name: 'mekhanikube', namespace: 'mekhanikube' } },
      {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: role!.kind, name: role!.metadata.name },
        subjects: [{ kind: 'ServiceAccount', name: 'mekhanikube', namespace: 'mekhanikube' }],
      },
      {
        kind: 'CronJob',
        metadata: { namespace: 'mekhanikube' },
        spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'mekhanikube' } } } } },
      },
    ]);
  });

  test('the tool takes the arguments and the environment', async () => {
    const { args, env } = cronJobContainer();
    const environment = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(await accepted(args, environment)).toBe('error: the cluster is away\n');
  });
});

test('a wrong flag would be noticed', async () => {
  expect(await accepted(['analyze', '--fail-in', 'critical'])).toContain("unknown option '--fail-in'");
  expect(await accepted(['analyze'], { MEKHANIKUBE_PUSH_GATEWAI: 'http://x' })).toContain('no such option');
});

test('the recipes are named where they are explained, and the explanation is found from the README', () => {
  const text = readFileSync(path.join(project, 'docs/ci.md'), 'utf8');
  for (const name of ['github-actions', 'gitlab-ci', 'cronjob']) expect(text).toContain(`(ci/${name}.yaml)`);
  expect(readFileSync(path.join(project, 'README.md'), 'utf8')).toContain('(docs/ci.md)');
});
