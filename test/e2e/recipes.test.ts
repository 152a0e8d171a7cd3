import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { outsideMake } from '../support/outer-make.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { pushGateway } from '../support/push-gateway.ts';
import { cronJobContainer, cronJobManifests, githubWorkflow, gitlabJobs } from '../support/recipes.ts';
import { applyAll, manifests } from './support/apply.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { settledShop } from './support/prepared.ts';
import { issuedToken } from './support/tokens.ts';
import { until } from './support/wait.ts';

const project = path.resolve(import.meta.dirname, '../..');
const service = '/api/v1/namespaces/shop/services/web';
const hasJq = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(path.join(folder, 'jq')));
if (!hasJq) console.error('Skipped: there is no jq on the PATH.');

let folder: string;
let cluster: Cluster;
let tarball: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mekhanikube-recipes-'));
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: project });
  tarball = path.join(folder, packed.toString().trim().split('\n').at(-1) ?? '');
  cluster = await startCluster({ data: await settledShop() });
});
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script as the runners of GitHub and GitLab do: with bash, to its first failure. */
function bash(script: string, cwd: string, environment: Readonly<Record<string, string>>): Promise<Outcome> {
  const words = ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script];
  return new Promise((resolve, reject) => {
    execFile('bash', words, { cwd, env: environment, maxBuffer: 1024 ** 3 }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr });
      else reject(error);
    });
  });
}

/** A machine with Node and npm, and nothing of ours on it: npm installs into a folder of its own. */
function machine(name: string) {
  const home = path.join(folder, name);
  const workspace = path.join(home, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const environment: Readonly<Record<string, string>> = {
    PATH: `${path.join(home, 'npm/bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    npm_config_prefix: path.join(home, 'npm'),
    npm_config_offline: 'true',
    PACKAGE: tarball,
  };
  const file = (one: string) => path.join(workspace, one);
  return { home, workspace, environment, file, read: (one: string) => readFileSync(file(one), 'utf8') };
}

/** What the tool says with which the recipes tell people to make their baseline. */
const baseline = 'mekhanikube analyze -o json=cluster-baseline.json';

async function withFault<Result>(run: () => Promise<Result>): Promise<Result> {
  await cluster.api.merge(service, { spec: { selector: { app: 'nobody' } } });
  try {
    await until('the Service to lose its endpoints', async () => {
      const slices = await cluster.api.list('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      const own = slices.filter((one) => one.metadata.labels['kubernetes.io/service-name'] === 'web');
      return own.every(({ endpoints }) => (endpoints ?? []).length === 0);
    });
    return await run();
  } finally {
    await cluster.api.merge(service, { spec: { selector: { app: 'web' } } });
  }
}

describe('GitHub Actions', () => {
  const workflow = githubWorkflow();

  /** Runs the steps that are scripts, as the runner does: a step may leave variables to the next ones. */
  async function run(): Promise<Outcome & { readonly at: ReturnType<typeof machine>; readonly summary: string }> {
    const at = machine('github');
    const variables = path.join(at.home, 'variables');
    const summary = path.join(at.home, 'summary.md');
    const temp = path.join(at.home, 'temp');
    mkdirSync(temp, { recursive: true });
    for (const one of [variables, summary]) writeFileSync(one, '');
    let outcome: Outcome = { code: 0, stdout: '', stderr: '' };
    for (const step of workflow.jobs.analyze.steps) {
      if (step.run === undefined) continue;
      const left = readFileSync(variables, 'utf8')
        .split('\n')
        .filter((line) => line.includes('='));
      outcome = await bash(step.run, at.workspace, {
        ...workflow.env,
        ...at.environment,
        GITHUB_ENV: variables,
        GITHUB_STEP_SUMMARY: summary,
        RUNNER_TEMP: temp,
        ...Object.fromEntries(
          left.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
        ),
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, secret(value)])),
      });
      if (outcome.code !== 0) break;
    }
    return { ...outcome, at, summary: readFileSync(summary, 'utf8') };
  }

  const secret = (value: string) =>
    value.replace('${{ secrets.KUBECONFIG_TEXT }}', () => readFileSync(cluster.kubeconfig('reader'), 'utf8').trimEnd());

  it(
    'without a baseline it says what is missing; with one, only what is new fails it',
    { timeout: 300_000 },
    async () => {
      const first = await run();
      expect(first.code).toBe(2);
      expect(first.stderr).toContain('cluster-baseline.json cannot be read: there is no such file');

      const { environment, workspace } = first.at;
      const made = await bash(baseline, workspace, { ...environment, KUBECONFIG: cluster.kubeconfig('reader') });
      expect(made).toMatchObject({ code: 0, stdout: '' });

      const quiet = await run();
      expect(quiet).toMatchObject({ code: 0, stderr: '' });
      expect(quiet.stdout).not.toContain('::error');
      expect(quiet.summary).not.toBe('');
      expect(resultsIn(quiet.at.read('code-scanning.sarif'))).toEqual(
        resultsIn(quiet.at.read('mekhanikube.sarif')).filter(({ suppressions = [] }) => suppressions.length === 0),
      );
      const report = reportSchema.parse(JSON.parse(quiet.at.read('report.json')));
      expect(report.baseline).toMatchObject({ new: { critical: 0, warning: 0, info: 0 }, resolved: [], unseen: [] });

      const loud = await withFault(run);
      onTestFailed(() => console.error(loud));
      expect(loud.code).toBe(1);
      expect(loud.stdout).toMatch(/^::error .*Service shop\/web/m);
      expect(loud.summary).toContain('Service shop/web');
      expect(JSON.parse(loud.at.read('mekhanikube.sarif')).version).toBe('2.1.0');
      const { mode } = await import('node:fs').then(({ statSync }) =>
        statSync(path.join(loud.at.home, 'temp/kubeconfig')),
      );
      expect(mode & 0o077).toBe(0);
    },
  );
});

function resultsIn(sarif: string): readonly { readonly suppressions?: readonly unknown[] }[] {
  return JSON.parse(sarif).runs[0].results;
}

describe('GitLab CI', () => {
  const job = gitlabJobs()['cluster']!;

  it('only what is new fails it, and all that is kept was written', { timeout: 300_000 }, async () => {
    const at = machine('gitlab');
    // GitLab makes a file of such a variable, and gives its path.
    const environment = { ...job.variables, ...at.environment, KUBECONFIG: cluster.kubeconfig('reader') };
    const [install = '', ...rest] = job.script;
    expect((await bash(install, at.workspace, environment)).code).toBe(0);
    expect((await bash(baseline, at.workspace, environment)).code).toBe(0);
    const run = () => bash(rest.join('\n'), at.workspace, environment);
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout } = await withFault(run);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^CRITICAL .*Service shop\/web.* new$/m);
    for (const file of [...job.artifacts.paths, ...Object.values(job.artifacts.reports)])
      expect(at.read(file)).not.toBe('');
    expect(JSON.parse(at.read('gl-code-quality-report.json'))).toEqual(
      expect.arrayContaining([expect.objectContaining({ description: expect.stringContaining('shop/web') })]),
    );
    expect(at.read('junit.xml')).toContain('<failure');
  });
});

describe('CronJob', () => {
  it('is taken by the API server to the last field, its pod is admitted, and its rights are enough', async () => {
    await applyAll(cluster.api, await manifests(path.join(project, 'deploy/rbac.yaml')));
    await applyAll(cluster.api, cronJobManifests());
    const cronJob = cronJobManifests().find(({ kind }) => kind === 'CronJob') as {
      readonly spec: { readonly jobTemplate: object };
    };
    const strict = await cluster.api.call(
      'POST',
      '/apis/batch/v1/namespaces/mekhanikube/cronjobs?dryRun=All&fieldValidation=Strict',
      { ...cronJob, metadata: { name: 'strict' } },
    );
    expect(strict.spec.schedule).toBe('*/10 * * * *');
    await cluster.api.call('POST', '/apis/batch/v1/namespaces/mekhanikube/jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'by-hand' },
      ...cronJob.spec.jobTemplate,
    });
    await until('the pod of the Job', async () => {
      const pods = await cluster.api.list('/api/v1/namespaces/mekhanikube/pods');
      return pods.some(({ metadata }) => metadata.labels['batch.kubernetes.io/job-name'] === 'by-hand');
    });

    const at = machine('cronjob');
    const token = await issuedToken(cluster, 'mekhanikube', 'mekhanikube');
    const gateway = await pushGateway();
    const { args, env } = cronJobContainer();
    expect(env.map(({ name }) => name)).toEqual(['MEKHANIKUBE_PUSH_GATEWAY']);
    const words = [process.execPath, path.join(project, 'bin/mekhanikube.js'), ...args];
    const { code, stdout, stderr } = await bash(words.map((word) => `'${word}'`).join(' '), at.workspace, {
      ...at.environment,
      KUBECONFIG: cluster.kubeconfigFor('cronjob', { token }),
      MEKHANIKUBE_PUSH_GATEWAY: gateway.url,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Cluster /);
    // Nothing but Secrets, which it was told to leave alone, is out of sight.
    expect(stdout.replaceAll(/\s+/g, ' ')).not.toMatch(/403|Hint: deploy/);
    expect(gateway.got).toMatchObject([{ method: 'PUT', body: expect.stringContaining('mekhanikube_problems') }]);
  });
});

// As they stand in the first description of this tool.
describe('the three examples', () => {
  const environment = () => {
    const env = outsideMake();
    return { ...(env as Record<string, string>), KUBECONFIG: cluster.kubeconfig('reader') };
  };

  it('make analyze > analysis.txt holds the report and nothing else', { timeout: 300_000 }, async () => {
    const file = path.join(folder, 'analysis.txt');
    // An install would take away what this test itself runs on: it is taken as done, and all else is as it is written.
    const { code, stdout } = await bash(`make -o node_modules/.ready analyze > '${file}'`, project, environment());
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const direct = await bash('node bin/mekhanikube.js analyze', project, environment());
    const steady = (text: string) => text.replace(/, at .* UTC/, '').replaceAll(/\b\d+[smhd]\d*[smhd]?\b/g, 'AGE');
    expect(steady(readFileSync(file, 'utf8'))).toBe(steady(direct.stdout));
    expect(direct.stdout).toMatch(/^Cluster /);
  });

  it.skipIf(!hasJq)("analyze --output json | jq '.problems | length' counts", async () => {
    const count = () =>
      bash("node bin/mekhanikube.js analyze --output json | jq '.problems | length'", project, environment());
    const before = Number((await count()).stdout);
    const { code, stdout } = await withFault(count);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\n$/);
    expect(Number(stdout)).toBeGreaterThan(before);
  });

  it("grep -c '^CRITICAL' counts the critical incidents of the text report", async () => {
    const grep = "node bin/mekhanikube.js analyze | grep -c '^CRITICAL'";
    // grep ends with 1 where it counts nothing.
    expect(await bash(grep, project, environment())).toMatchObject({ code: 1, stdout: '0\n' });
    const loud = await withFault(() => bash(grep, project, environment()));
    expect(loud).toMatchObject({ code: 0, stdout: '1\n' });
  });
});
