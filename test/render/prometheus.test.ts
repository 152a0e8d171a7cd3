import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { metricLabels, renderPrometheus } from '../../src/render/prometheus/prometheus.ts';
import { aFinding } from '../support/findings.ts';
import { largeReport } from '../support/large-report.ts';
import { demoReport, goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';
import { readSeries, type Series } from '../support/series.ts';

type Certificate = NonNullable<Report['certificates']>[number];
type GpuNode = NonNullable<Report['gpu']>['nodes'][number];

const seriesOf = (report: Report) => readSeries(renderPrometheus(report));
const total = (series: readonly Series[]) => series.reduce((sum, { value }) => sum + value, 0);

test('each number of the report is found again', async () => {
  const report = await demoReport();
  const named = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    seriesOf(report).filter(
      (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
  for (const severity of ['critical', 'warning', 'info'] as const) {
    expect(named('mekhanikube_problems', { severity }).map(({ value }) => value)).toEqual([
      report.summary.problems[severity],
    ]);
    expect(total(named('mekhanikube_problems_by_code', { severity }))).toBe(report.summary.problems[severity]);
    expect(total(named('mekhanikube_incidents', { severity }))).toBe(report.summary.incidents[severity]);
    expect(total(named('mekhanikube_incidents_by_code', { severity }))).toBe(report.summary.incidents[severity]);
  }
  expect(named('mekhanikube_incidents_by_code', { code: 'SecretMissing' })).toEqual([
    {
      name: 'mekhanikube_incidents_by_code',
      labels: { severity: 'critical', code: 'SecretMissing', namespace: 'checkout' },
      value: 1,
    },
  ]);
  expect(total(named('mekhanikube_objects', { resource: 'pods' }))).toBe(report.stats.resources['pods']);
  expect(total(named('mekhanikube_last_success_timestamp_seconds'))).toBe(Date.parse(report.takenAt) / 1_000);
  expect(total(named('mekhanikube_complete'))).toBe(1);
  expect(total(named('mekhanikube_stale'))).toBe(0);
  expect(named('mekhanikube_scan_duration_seconds')).toEqual([]);
});

test('nothing wrong is told by zeros, for an alert cannot see what is not there', () => {
  const series = seriesOf(reportOf([]));
  for (const name of ['problems', 'incidents', 'suppressed_problems']) {
    const own = series.filter((one) => one.name === `mekhanikube_${name}`);
    expect(own.map(({ labels, value }) => [labels['severity'], value])).toEqual([
      ['critical', 0],
      ['warning', 0],
      ['info', 0],
    ]);
  }
  expect(series.filter(({ name }) => name === 'mekhanikube_coverage_gaps').map(({ value }) => value)).toEqual([
    0, 0, 0, 0,
  ]);
  // Without a baseline, accelerators or certificates nothing is known of them: zero would be a claim.
  expect(series.some(({ name }) => /baseline|new_problems|gpu|certificate_/.test(name))).toBe(false);
});

test('one HELP and one TYPE before all series of a name, no timestamps, a line feed at the end', () => {
  const text = renderPrometheus({ ...largeReport(200), baseline: baseline() });
  expect(text.endsWith('\n')).toBe(true);
  const families = text.split(/^(?=# HELP )/m).map((family) => family.trimEnd().split('\n'));
  const names = families.map(([help = '']) => help.split(' ')[2] ?? '');
  expect(names.length).toBeGreaterThan(20);
  expect(names).toEqual([...new Set(names)]);
  for (const [index, [, type, ...samples]] of families.entries()) {
    expect(type).toBe(`# TYPE ${names[index]} gauge`);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      expect(sample.split(/[{ ]/)[0]).toBe(names[index]);
      expect(sample).toMatch(/^[a-z_]+(\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? -?[\d.]+(e\+\d+)?$/);
    }
  }
});

test('what the cluster calls itself breaks no line, no label and no terminal', () => {
  const name = 'a"b\\c\nd\u001B[31m\u202Ee\u2028f\uD800';
  const report = reportOf([aFinding('PodFailed', 'Pod shop/web')], {
    cluster: { name, source: 'live', version: 'v1"}' },
    inventory: { gpu: { totals: [], nodes: [], waiting: [] }, certificates: [certificate({ subject: name })] },
  });
  const text = renderPrometheus(report);
  expect(text).toContain('name="a\\"b\\\\c d\uFFFD[31m\uFFFDe f\uFFFD"');
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u202E]/);
  const info = readSeries(text).find((one) => one.name === 'mekhanikube_cluster_info');
  expect(info?.labels).toEqual({
    name: 'a"b\\c d\uFFFD[31m\uFFFDe f\uFFFD',
    kubernetes_version: 'v1"}',
    source: 'live',
  });
});

test('whatever names there are, each line can be read back and no two are of the same series', () => {
  const names = array(
    oneof(string({ unit: 'binary' }), constantFrom('a', 'a\u0001', 'a\u0002', 'a\n', 'a ', '_other')),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  assert(
    property(names, (all) => {
      const finding = aFinding('PodFailed', 'Pod shop/web');
      const report = reportOf(
        all.map((name, index) => ({
          ...finding,
          id: String(index),
          code: name,
          object: { ...finding.object, namespace: name },
        })),
        {
          cluster: { name: all[0]!, source: 'live' },
          inventory: {
            gpu: { totals: [], nodes: all.map((name) => ({ ...gpuNode(name, []), name })), waiting: [] },
            certificates: all.map((subject) => certificate({ subject })),
          },
          stats: {
            requests: 0,
            bytes: 0,
            objects: 0,
            analyzers: 0,
            codes: 0,
            resources: Object.fromEntries(all.map((name) => [name, 1])),
          },
        },
      );
      const keys = seriesOf(report).map(({ name, labels }) => JSON.stringify([name, labels]));
      expect(keys).toEqual([...new Set(keys)]);
      expect(renderPrometheus(report)).not.toMatch(/\p{Cs}|(?!\n)\p{Cc}/u);
    }),
    { numRuns: 40 },
  );
});

test('a problem that is ignored and told only as a cause counts where ignored ones do, and nowhere else', () => {
  const report = reportOf([aFinding('PodFailed', 'Pod shop/web'), aFinding('NodeNotReady', 'Node n1')]);
  const problems = report.problems.map((one) =>
    one.code === 'NodeNotReady' ? { ...one, suppressed: true as const } : one,
  );
  const codes = seriesOf({ ...report, problems })
    .filter(({ name }) => name === 'mekhanikube_problems_by_code')
    .map(({ labels }) => labels['code']);
  expect(codes).toEqual(['PodFailed']);
});

test('a Namespace is in itself, a Node in none', () => {
  const report = reportOf([aFinding('NamespaceStuck', 'Namespace old'), aFinding('NodeNotReady', 'Node n1')]);
  const places = seriesOf(report)
    .filter(({ name }) => name === 'mekhanikube_problems_by_code')
    .map(({ labels }) => [labels['code'], labels['namespace']]);
  expect(new Map(places.map(([code, namespace]) => [code, namespace]))).toEqual(
    new Map([
      ['NamespaceStuck', 'old'],
      ['NodeNotReady', ''],
    ]),
  );
});

test('against a baseline: new, known, resolved and unseen', () => {
  const series = seriesOf({ ...reportOf([]), baseline: baseline() });
  const value = (name: string, severity: string) =>
    series.find((one) => one.name === `mekhanikube_${name}` && one.labels['severity'] === severity)?.value;
  expect(value('new_problems', 'critical')).toBe(2);
  expect(value('new_problems', 'info')).toBe(0);
  expect(value('known_problems', 'warning')).toBe(3);
  expect(value('resolved_problems', 'critical')).toBe(1);
  expect(value('resolved_problems', 'warning')).toBe(0);
  expect(value('unseen_problems', 'warning')).toBe(1);
  const taken = series.find(({ name }) => name === 'mekhanikube_baseline_timestamp_seconds');
  expect(taken?.value).toBe(Date.parse('2026-01-01T00:00:00Z') / 1_000);
});

test('a living cluster: how long it took; one that could not be read again is stale', () => {
  const report = reportOf([], {
    cluster: { name: 'prod', source: 'live' },
    stats: { requests: 30, bytes: 1, objects: 2, analyzers: 1, codes: 1, resources: {}, seconds: 1.25 },
  });
  const stale = { ...report, stale: { since: '2026-01-01T00:00:00Z', reason: 'away' } };
  const value = (name: string) => seriesOf(stale).find((one) => one.name === name)?.value;
  expect(value('mekhanikube_scan_duration_seconds')).toBe(1.25);
  expect(value('mekhanikube_stale')).toBe(1);
});

test('accelerators by node and resource, those that do no work, and what waits', () => {
  const node = gpuNode('n1', [
    { runs: true, amount: 4 },
    { runs: false, amount: 1 },
  ]);
  const series = seriesOf(
    reportOf([], {
      inventory: {
        gpu: {
          totals: [],
          nodes: [node, { ...node, name: 'none', devices: [], holders: [] }],
          waiting: [waiting('all-held', 4), waiting('all-held', 2), waiting('taint', 1)],
        },
        certificates: [],
      },
    }),
  ).filter(({ name }) => name.startsWith('mekhanikube_gpu_'));
  const short = series.map(({ name, labels, value }) => [
    name.replace('mekhanikube_gpu_', ''),
    labels['node'] ?? labels['cause'],
    labels['resource'],
    value,
  ]);
  expect(short).toEqual([
    ['capacity', 'n1', 'nvidia.com/gpu', 8],
    ['allocatable', 'n1', 'nvidia.com/gpu', 7],
    ['requested', 'n1', 'nvidia.com/gpu', 5],
    ['free', 'n1', 'nvidia.com/gpu', 2],
    ['unhealthy', 'n1', 'nvidia.com/gpu', 1],
    ['held_idle', 'n1', 'nvidia.com/gpu', 1],
    ['waiting', 'all-held', 'nvidia.com/gpu', 6],
    ['waiting', 'taint', 'nvidia.com/gpu', 1],
  ]);
});

test('certificates: two that look alike are one series, that of the first to end', () => {
  const places = [
    {
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'root' },
      field: 'data[ca.crt]',
    },
  ];
  const report = reportOf([], {
    inventory: {
      gpu: { totals: [], nodes: [], waiting: [] },
      certificates: [
        certificate({ notAfter: '2027-01-01T00:00:00Z', places }),
        certificate({ notAfter: '2026-06-01T00:00:00Z', places }),
        certificate({ notAfter: 'no date', subject: 'CN=odd' }),
        certificate({ subject: '', names: ['web.example'], renewal: { by: 'Certificate shop/web' } }),
      ],
    },
  });
  const series = seriesOf(report).filter(({ name }) => name.endsWith('not_after_timestamp_seconds'));
  expect(series.map(({ labels, value }) => [labels['subject'], labels['managed'], labels['name'], value])).toEqual([
    ['web.example', 'true', 'tls', Date.parse('2026-05-01T00:00:00Z') / 1_000],
    ['CN=web', 'false', 'root', Date.parse('2026-06-01T00:00:00Z') / 1_000],
  ]);
});

test('a very large cluster: the number of series is bounded, sums stay exact, and what is left out is counted', () => {
  const findings = Array.from({ length: 700 }, (_, index) =>
    aFinding('PodFailed', `Pod team-${index}/web`, { severity: index < 10 ? 'critical' : 'warning' }),
  );
  const nodes = Array.from({ length: 2_500 }, (_, index) =>
    gpuNode(`n${index}`, [{ runs: index !== 2_400, amount: 1 }]),
  );
  const certificates = Array.from({ length: 900 }, (_, index) =>
    certificate({
      subject: `CN=${index}`,
      notAfter: new Date(Date.parse('2025-01-01T00:00:00Z') + index * 86_400_000).toISOString(),
    }),
  );
  const report = reportOf(findings, {
    takenAt: '2026-07-01T00:00:00Z',
    inventory: { gpu: { totals: [], nodes, waiting: [] }, certificates },
  });
  const series = seriesOf(report);
  const named = (name: string) => series.filter((one) => one.name === `mekhanikube_${name}`);
  expect(named('problems_by_code').length).toBeLessThanOrEqual(302);
  expect(total(named('problems_by_code'))).toBe(700);
  for (const index of [0, 9]) {
    expect(named('problems_by_code').some(({ labels }) => labels['namespace'] === `team-${index}`)).toBe(true);
  }
  expect(named('gpu_capacity').length).toBe(1_001);
  expect(total(named('gpu_capacity'))).toBe(20_000);
  expect(named('gpu_held_idle').find(({ labels }) => labels['node'] === 'n2400')?.value).toBe(1);
  expect(named('certificate_not_after_timestamp_seconds').length).toBe(500);
  expect(named('left_out').map(({ labels, value }) => [labels['what'], value])).toEqual([
    ['namespaces', 400],
    ['nodes', 1_500],
    ['certificates', 400],
  ]);
  // What ended long ago does not take the place of what ends soon.
  const ends = named('certificate_not_after_timestamp_seconds').map(({ value }) => value);
  expect(Math.min(...ends)).toBeGreaterThan(Date.parse('2025-09-01T00:00:00Z') / 1_000);
  expect(total(named('certificates'))).toBe(900);
});

test('ten thousand problems stay cheap', () => {
  const report = largeReport(10_000);
  const milliseconds = Array.from({ length: 3 }, () => {
    const started = performance.now();
    expect(renderPrometheus(report).length).toBeLessThan(1_000_000);
    return performance.now() - started;
  });
  expect(Math.min(...milliseconds)).toBeLessThan(1_000);
});

const golden = await goldenReports();

test.each(Object.entries(golden))('%s: is printed as it was', async (name, report) => {
  await expect(renderPrometheus(report)).toMatchFileSnapshot(`golden/${name}.prom`);
});

function baseline(): NonNullable<Report['baseline']> {
  const brief = (severity: 'critical' | 'warning') => ({
    id: severity,
    code: 'PodFailed',
    severity,
    object: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
    message: 'gone',
  });
  return {
    takenAt: '2026-01-01T00:00:00Z',
    new: { critical: 2, warning: 1, info: 0 },
    known: { critical: 0, warning: 3, info: 1 },
    resolved: [brief('critical')],
    unseen: [{ ...brief('warning'), why: 'pods: may not be listed' }],
  };
}

function certificate(options: Partial<Certificate> = {}): Certificate {
  return {
    subject: 'CN=web',
    names: [],
    issuer: 'CN=ca',
    issuedBy: [],
    authority: false,
    selfSigned: false,
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2026-05-01T00:00:00Z',
    daysLeft: 60,
    state: 'ok',
    places: [{ object: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'tls' }, field: 'data[tls.crt]' }],
    users: [],
    ...options,
  };
}

function gpuNode(name: string, held: readonly { readonly runs: boolean; readonly amount: number }[]): GpuNode {
  const resource = 'nvidia.com/gpu';
  return {
    name,
    ready: true,
    cordoned: false,
    devices: [
      {
        resource,
        vendor: 'nvidia',
        through: 'plugin',
        capacity: 8,
        allocatable: 7,
        requested: 5,
        free: 2,
        unhealthy: 0,
      },
    ].map((device) => ({
      ...device,
      vendor: 'nvidia' as const,
      through: 'plugin' as const,
      unhealthy: name === 'n1' ? 1 : 0,
    })),
    holders: held.map((one, index) => ({
      ...one,
      namespace: 'ml',
      pod: `p${index}`,
      owner: 'Deployment ml/llm',
      resource,
      state: one.runs ? 'running' : 'ImagePullBackOff',
    })),
  };
}

function waiting(cause: 'all-held' | 'taint', amount: number): NonNullable<Report['gpu']>['waiting'][number] {
  return {
    namespace: 'ml',
    pod: 'p',
    owner: 'Job ml/train',
    asks: [{ resource: 'nvidia.com/gpu', amount }],
    cause,
    why: 'because',
  };
}

test('the labels that must not be added from outside are those that the metrics have', () => {
  const series = seriesOf({ ...largeReport(200), baseline: baseline() });
  const waitingGpu = seriesOf(
    reportOf([], { inventory: { gpu: { totals: [], nodes: [], waiting: [waiting('taint', 1)] }, certificates: [] } }),
  );
  const labels = [...series, ...waitingGpu].flatMap((one) => Object.keys(one.labels));
  expect([...new Set(labels)].toSorted()).toEqual([...metricLabels]);
});
