import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { metricLabels, renderPrometheus } from '../../src/render/prometheus/prometheus.ts';
import { largeReport } from '../support/large-report.ts';
import { readSeries } from '../support/series.ts';

const read = (name: string) => readFileSync(path.join(import.meta.dirname, '../../deploy/monitoring', name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: unknown;
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource: unknown }[];
}

const { groups } = load(read('alerts.yaml')) as { groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { tests } = load(read('alerts.test.yaml')) as {
  tests: readonly {
    readonly input_series: readonly { readonly series: string }[];
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
};
const dashboard = JSON.parse(read('dashboard.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
};
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Every series that there can be. */
const series = readSeries(renderPrometheus(everything(largeReport(200))));
const written = new Set(series.map(({ name }) => name));

test.each([
  ['alerts.yaml', rules.map(({ expr }) => expr)],
  ['alerts.test.yaml', tests.flatMap((one) => one.input_series.map((input) => input.series))],
  ['dashboard.json', [...queries, JSON.stringify(dashboard.templating)]],
])('%s names metrics and labels that are written, and no others', (_, expressions) => {
  const text = expressions.join('\n');
  const named = [...new Set(text.match(/mekhanikube_\w+/g))];
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !written.has(name))).toEqual([]);
  const inSelectors = [...text.matchAll(/[{,]\s*(\w+)\s*(?:=|!)/g)].map(([, label = '']) => label);
  const inGroups = [...text.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));
  const foreign = new Set([...inSelectors, ...inGroups].filter((label) => !metricLabels.has(label)));
  expect([...foreign].filter((label) => !['cluster', 'scope', 'job'].includes(label))).toEqual([]);
});

test('each metric that tells of a fault has an alert or a panel', () => {
  const shown = [...rules.map(({ expr }) => expr), ...queries].join('\n');
  const missing = [...written].filter((name) => !new RegExp(`\\b${name}\\b`).test(shown));
  expect(missing.toSorted()).toEqual([
    'mekhanikube_baseline_timestamp_seconds',
    'mekhanikube_build_info',
    'mekhanikube_stale',
  ]);
});

test('each alert is tested where it rings and where it must not', () => {
  const expected = tests.flatMap((one) => one.alert_rule_test);
  const quiet = (alert: string) =>
    expected.some(({ alertname, exp_alerts: alerts }) => alertname === alert && alerts.length === 0);
  const loud = (alert: string) =>
    expected.some(({ alertname, exp_alerts: alerts }) => alertname === alert && alerts.length > 0);
  expect(rules.filter(({ alert }) => !loud(alert)).map(({ alert }) => alert)).toEqual([]);
  expect(rules.filter(({ alert }) => !quiet(alert)).map(({ alert }) => alert)).toEqual([]);
});

test('the dashboard: no two panels share an id or a place, and all ask the data source that was chosen', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Map<string, string>();
  const shared: string[] = [];
  for (const { title, gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        const other = taken.get(`${x},${y}`);
        if (other !== undefined || x >= 24) shared.push(`${title} and ${other ?? 'the edge'}`);
        taken.set(`${x},${y}`, title);
      }
    }
  }
  expect(shared).toEqual([]);
  for (const { type, targets = [], datasource } of panels.filter((panel) => panel.type !== 'row')) {
    expect(['stat', 'timeseries', 'table', 'bargauge', 'piechart']).toContain(type);
    expect(targets.length).toBeGreaterThan(0);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    for (const source of [datasource, ...targets.map((target) => target.datasource)]) {
      expect(source).toEqual({ type: 'prometheus', uid: '${datasource}' });
    }
  }
  for (const query of queries) expect(query).toContain('cluster=~"$cluster", scope=""');
  expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'cluster']);
});

/** A report that has all that a report can have. */
function everything(report: Report): Report {
  const counts = { critical: 1, warning: 1, info: 1 };
  return {
    ...report,
    stats: { ...report.stats, seconds: 1 },
    baseline: { takenAt: report.takenAt, new: counts, known: counts, resolved: [], unseen: [] },
    ...(report.gpu === undefined
      ? {}
      : {
          gpu: {
            ...report.gpu,
            waiting: [
              {
                namespace: 'ml',
                owner: 'Job ml/train',
                asks: [{ resource: 'nvidia.com/gpu', amount: 1 }],
                cause: 'taint',
                why: '',
              },
            ],
          },
        }),
  };
}
