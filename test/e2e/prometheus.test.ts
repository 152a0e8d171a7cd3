import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderPrometheus } from '../../src/render/prometheus/prometheus.ts';
import { authority } from '../support/certificates.ts';
import { largeReport } from '../support/large-report.ts';
import { readSeries } from '../support/series.ts';
import { startCluster } from './support/cluster.ts';
import { CannotFetch, debianPackages } from './support/debian.ts';
import { type Guarded, startGuarded } from './support/guarded.ts';
import { freePorts } from './support/ports.ts';
import { settledShop } from './support/prepared.ts';
import { bin, runTool, type ToolRun } from './support/tool.ts';
import { until } from './support/wait.ts';

/** Where the programs of Prometheus are, or undefined where they cannot be had. */
const programs = await debianPackages(['prometheus', 'prometheus-pushgateway'], { say: console.error }).then(
  (root) => path.join(root, 'usr/bin'),
  (error: unknown) => {
    if (!(error instanceof CannotFetch)) throw error;
    console.error(`Skipped: ${error.message.split('\n', 1).join('')}`);
    return undefined;
  },
);

const monitoring = path.resolve(import.meta.dirname, '../../deploy/monitoring');
const recording = (story: string) => path.resolve(import.meta.dirname, `../clusters/${story}/cluster.snapshot.gz`);
const stories = [
  'healthy-shop',
  'secret-missing',
  'node-silent',
  'gpu-held-idle',
  'gpu-taken',
  'ingress-certificate-expired',
  'webhook-authority-expired',
];
/** As the documentation of Prometheus hashes the password "test". */
const hashed = '$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay';

let folder: string;
const started: Guarded[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mekhanikube-prometheus-'));
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  rmSync(folder, { recursive: true });
});

function start(name: string, program: string, args: readonly string[]): Guarded {
  const one = startGuarded(path.join(programs ?? '', program), args, path.join(folder, `${name}.log`));
  started.push(one);
  return one;
}

/** Waits until a server says that it is ready. */
async function ready(url: string, server: Guarded): Promise<void> {
  await until(`${url} to be ready`, async () => ((await fetch(`${url}/-/ready`)).ok ? true : undefined)).catch(
    (error: unknown) => {
      throw new Error(`it is not ready: ${server.log()}`, { cause: error });
    },
  );
}

async function startGateway(name: string, ...args: readonly string[]): Promise<{ server: Guarded; port: number }> {
  const [port = 0] = await freePorts(1);
  const flags = [`--web.listen-address=127.0.0.1:${port}`, '--persistence.file=', '--log.level=warn'];
  return { server: start(name, 'prometheus-pushgateway', [...flags, ...args]), port };
}

/** Runs promtool, with this text as its input. */
function promtool(args: readonly string[], input = ''): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile(path.join(programs ?? '', 'promtool'), args, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`;
      if (error === null) resolve({ code: 0, said });
      else if (typeof error.code === 'number') resolve({ code: error.code, said });
      else reject(error);
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

describe.skipIf(programs === undefined)('promtool', () => {
  it.for(stories)('finds nothing to say of the metrics of %s', async (story, { expect: ex }) => {
    const { stdout } = await runTool(['analyze', '--from', recording(story), '-o', 'prometheus']);
    ex(stdout).toContain('mekhanikube_problems');
    ex(await promtool(['check', 'metrics'], stdout)).toEqual({ code: 0, said: '' });
  });

  it('finds nothing to say of a very large report, nor of hostile names', async () => {
    const report = largeReport(10_000);
    const name = 'a"b\\c\nd\u001B[31m\u202Ee\u2028f\uD800{}=,#';
    const hostile = { ...report, cluster: { ...report.cluster, name, version: name } };
    expect(await promtool(['check', 'metrics'], renderPrometheus(hostile))).toEqual({ code: 0, said: '' });
    // It would have said so.
    const broken = await promtool(['check', 'metrics'], renderPrometheus(hostile).replace('\\"', '"'));
    expect(broken.code).not.toBe(0);
  });

  it('takes the rules, and their tests pass; with another threshold they fail', async () => {
    const rules = await promtool(['check', 'rules', path.join(monitoring, 'alerts.yaml')]);
    expect(rules).toMatchObject({ code: 0 });
    const tests = await promtool(['test', 'rules', path.join(monitoring, 'alerts.test.yaml')]);
    expect(tests).toMatchObject({ code: 0 });
    const copied = (file: string) => readFileSync(path.join(monitoring, file), 'utf8');
    const unnoticed: string[] = [];
    for (const [from, to] of [
      ['> 2 * 3600', '> 4 * 3600'],
      ['for: 6h', 'for: 4h'],
      ['authority="false", managed="false", ', ''],
    ] as const) {
      expect(copied('alerts.yaml')).toContain(from);
      writeFileSync(path.join(folder, 'alerts.yaml'), copied('alerts.yaml').replace(from, to));
      writeFileSync(path.join(folder, 'alerts.test.yaml'), copied('alerts.test.yaml'));
      if ((await promtool(['test', 'rules', path.join(folder, 'alerts.test.yaml')])).code === 0) unnoticed.push(from);
    }
    expect(unnoticed).toEqual([]);
  });
});

describe.skipIf(programs === undefined)('a push gateway and a Prometheus', () => {
  let gateway: string;
  let prometheus: string;
  beforeAll(async () => {
    const { server, port } = await startGateway('gateway');
    gateway = `http://127.0.0.1:${port}`;
    const [own = 0] = await freePorts(1);
    prometheus = `http://127.0.0.1:${own}`;
    const config = path.join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '300ms', scrape_timeout: '300ms', evaluation_interval: '1s' },
        rule_files: [path.join(monitoring, 'alerts.yaml')],
        scrape_configs: [
          { job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
        ],
      }),
    );
    const other = start('prometheus', 'prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${own}`,
      '--log.level=warn',
    ]);
    await Promise.all([ready(gateway, server), ready(prometheus, other)]);
  });

  interface Found {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }

  /** What the API of Prometheus answers. @throws where it says no. */
  async function query(text: string): Promise<readonly Found[]> {
    const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(text)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: { result: readonly Found[] } };
    if (answer.status !== 'success') throw new Error(`${text}: ${answer.error}`);
    return answer.data.result;
  }

  /** The first answer that is not empty. */
  const answered = (text: string) =>
    until(`an answer to ${text}`, async () => {
      const found = await query(text);
      return found.length === 0 ? undefined : found;
    });

  /** Pushes a recording of a story through a pipe, as a script would, as a cluster of this name. */
  function pipe(story: string, cluster: string, ...flags: readonly string[]): Promise<ToolRun> {
    const script =
      'tool="$1 $2" from=$3 gateway=$4 cluster=$5; shift 5;' +
      ' $tool analyze --from "$from" -o json | $tool push --gateway "$gateway" --group "cluster=$cluster" "$@"';
    const words = ['sh', process.execPath, bin, recording(story), gateway, cluster, ...flags];
    return new Promise((resolve, reject) => {
      const shell = spawn('sh', ['-c', script, ...words]);
      let stdout = '';
      let stderr = '';
      shell.stdout.on('data', (chunk) => (stdout += String(chunk)));
      shell.stderr.on('data', (chunk) => (stderr += String(chunk)));
      shell.on('error', reject);
      shell.on('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
    });
  }

  async function reportOf(story: string): Promise<Report> {
    const { stdout } = await runTool(['analyze', '--from', recording(story), '-o', 'json']);
    return JSON.parse(stdout);
  }

  it('take what analyze writes and push sends through a pipe, and answer with it', async () => {
    const { exitCode, stdout, stderr } = await pipe('secret-missing', 'one');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `Pushed to ${gateway}: job mekhanikube, cluster one.\n`,
    });
    const report = await reportOf('secret-missing');
    const problems = await answered('mekhanikube_problems{job="mekhanikube", cluster="one", scope=""}');
    expect(Object.fromEntries(problems.map(({ metric, value }) => [metric['severity'], Number(value[1])]))).toEqual(
      report.summary.problems,
    );
    const [root] = await answered('mekhanikube_incidents_by_code{cluster="one", severity="critical"}');
    expect([root?.metric['code'], root?.metric['namespace'], root?.value[1]]).toEqual([
      report.incidents[0]?.code,
      report.incidents[0]?.object.namespace,
      '1',
    ]);
    const [looked] = await answered('mekhanikube_last_success_timestamp_seconds{cluster="one"}');
    expect(Number(looked?.value[1])).toBe(Date.parse(report.takenAt) / 1_000);
  });

  it('a push replaces the one before, and no other cluster and no other scope', async () => {
    await pipe('secret-missing', 'two');
    await pipe('secret-missing', 'three');
    await pipe('secret-missing', 'two', '--group', 'scope=shop');
    await pipe('healthy-shop', 'two');
    const series = readSeries(await (await fetch(`${gateway}/metrics`)).text().then(ours));
    const roots = series.filter(
      ({ name, labels }) => name === 'mekhanikube_incidents_by_code' && labels['severity'] === 'critical',
    );
    const groups = roots.map(({ labels }) => [labels['cluster'], labels['scope'] ?? '']);
    expect(groups).toContainEqual(['three', '']);
    expect(groups).toContainEqual(['two', 'shop']);
    expect(groups).not.toContainEqual(['two', '']);
  });

  it('a name with slashes, quotes and line ends arrives as it is shown', async () => {
    const { exitCode, stderr } = await runTool([
      'analyze',
      '--from',
      recording('healthy-shop'),
      '--push-gateway',
      gateway,
      '--push-group',
      'cluster=a/b "c"\nd\\e',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = await answered('mekhanikube_complete{cluster=~"a/b.*"}');
    expect(found[0]?.metric['cluster']).toBe('a/b "c" d\\e');
  });

  it('a gateway that has other metrics of our names says why it does not take ours', async () => {
    const { server, port } = await startGateway('taken');
    const taken = `http://127.0.0.1:${port}`;
    await ready(taken, server);
    const body = '# TYPE mekhanikube_complete counter\nmekhanikube_complete 1\n';
    expect((await fetch(`${taken}/metrics/job/other`, { method: 'PUT', body })).status).toBe(200);
    const args = ['analyze', '--from', recording('secret-missing'), '--push-gateway', taken];
    const { exitCode, stdout, stderr } = await runTool(args);
    expect(exitCode).toBe(4);
    expect(stdout).toBe((await runTool(args.slice(0, 3))).stdout);
    expect(stderr).toMatch(/^error: cannot push to \S+: it refused the metrics \(400\): .*mekhanikube_complete/);
    expect((await runTool([...args, '--fail-on', 'critical'])).exitCode).toBe(1);
  });

  it('every panel of the dashboard has data, and every rule is evaluated', async () => {
    const baseline = path.join(folder, 'baseline.json');
    writeFileSync(baseline, JSON.stringify(await reportOf('healthy-shop')));
    const pushed = (story: string, ...flags: readonly string[]) =>
      runTool([
        'analyze',
        '--from',
        recording(story),
        '--push-gateway',
        gateway,
        '--push-group',
        `cluster=${story}`,
        ...flags,
      ]);
    for (const story of ['gpu-held-idle', 'gpu-taken', 'ingress-certificate-expired']) {
      expect((await pushed(story, '--baseline', baseline)).exitCode).toBe(0);
    }
    // What only a living cluster has.
    const live = { ...(await reportOf('gpu-taken')), cluster: { name: 'live', source: 'live' as const } };
    const file = path.join(folder, 'live.json');
    writeFileSync(file, JSON.stringify({ ...live, stats: { ...live.stats, seconds: 1.5 } }));
    expect((await runTool(['push', file, '--gateway', gateway])).exitCode).toBe(0);
    await answered('mekhanikube_scan_duration_seconds{cluster="live"} == 1.5');
    await answered('mekhanikube_certificate_not_after_timestamp_seconds{cluster="ingress-certificate-expired"}');

    const { panels } = JSON.parse(readFileSync(path.join(monitoring, 'dashboard.json'), 'utf8')) as {
      panels: readonly { title: string; targets?: readonly { expr: string }[] }[];
    };
    // What was pushed last may not have been scraped yet.
    let empty: readonly string[] = [];
    const isFull = async () => {
      const all = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
      const found = await Promise.all(all.map(({ expr }) => query(expr.replaceAll('$cluster', '.*'))));
      empty = all.filter((_, index) => found[index]?.length === 0).map(({ title, expr }) => `${title}: ${expr}`);
      return empty.length === 0 || undefined;
    };
    await until('data for every panel', isFull).catch(() => undefined);
    expect(empty).toEqual([]);

    const wanted = {
      MekhanikubeCriticalIncident: 'pending',
      MekhanikubeGpuHeldIdle: 'pending',
      MekhanikubeNewProblem: 'firing',
    };
    let state: Readonly<Record<string, string>> = {};
    const rules = await until('the rules to be evaluated', async () => {
      const response = await fetch(`${prometheus}/api/v1/rules`);
      const answer = (await response.json()) as {
        data: { groups: readonly { rules: readonly { name: string; health: string; state: string }[] }[] };
      };
      const all = answer.data.groups.flatMap((group) => group.rules);
      state = Object.fromEntries(all.map(({ name, state: now }) => [name, now]));
      const isTold = Object.entries(wanted).every(([name, one]) => state[name] === one);
      return isTold && all.every(({ health }) => health !== 'unknown') ? all : undefined;
    }).catch(() => []);
    expect(state).toMatchObject(wanted);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(state['MekhanikubeAbsent']).toBe('inactive');
  });

  it('a gateway with TLS and a password', async () => {
    const own = authority();
    const { cert, key } = own.issue('gateway', ['IP:127.0.0.1']);
    const file = (name: string, text: string) => {
      writeFileSync(path.join(folder, name), text, { mode: 0o600 });
      return path.join(folder, name);
    };
    const web = file(
      'web.json',
      JSON.stringify({
        tls_server_config: { cert_file: file('gateway.crt', cert), key_file: file('gateway.key', key) },
        basic_auth_users: { admin: hashed },
      }),
    );
    const { server, port } = await startGateway('closed', `--web.config.file=${web}`);
    const to = ['push', file('report.json', JSON.stringify(await reportOf('healthy-shop')))];
    const flags = ['--gateway', `https://127.0.0.1:${port}`, '--ca-file', file('ca.crt', own.cert)];
    const push = (more: readonly string[], environment = {}) => runTool([...to, ...flags, ...more], environment);
    const name = ['--username', 'admin', '--password-file'];
    const taken = await push([...name, file('password', 'test\n')]);
    expect({ ...taken, log: server.log() }).toMatchObject({ exitCode: 0 });
    const wrong = await push([...name, file('wrong', 'other')]);
    expect(wrong.exitCode).toBe(4);
    expect(wrong.stderr).toContain('it does not accept the credentials (401): Unauthorized');
    expect((await push([])).stderr).toContain('it wants to know who pushes (401)');
    const unknown = await runTool([...to, '--gateway', `https://admin:test@127.0.0.1:${port}`]);
    expect(unknown.exitCode).toBe(4);
    expect(unknown.stderr).toContain('signed by no authority that this machine knows');
    expect(unknown.stderr).not.toContain('test@');
  });

  it('a living cluster: how long the look took', async () => {
    const cluster = await startCluster({ data: await settledShop() });
    try {
      const kubeconfig = cluster.kubeconfig('secrets-reader');
      const args = ['analyze', '--kubeconfig', kubeconfig, '--push-gateway', gateway, '--push-group', 'cluster=really'];
      const { exitCode, stderr } = await runTool(args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const [took] = await answered('mekhanikube_scan_duration_seconds{cluster="really"}');
      expect(Number(took?.value[1])).toBeGreaterThan(0.02);
      const [age] = await answered('time() - mekhanikube_last_success_timestamp_seconds{cluster="really"}');
      expect(Math.abs(Number(age?.value[1]))).toBeLessThan(120);
      expect((await query('mekhanikube_api_requests{cluster="really"} > 10')).length).toBe(1);
    } finally {
      await cluster.stop();
    }
  });
});

/** Of all that a gateway serves, what was pushed: it tells of itself as well. */
function ours(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('mekhanikube_'))
    .join('\n');
}
