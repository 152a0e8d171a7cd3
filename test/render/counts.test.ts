/** One report in every form: the counts are the same in all of them. */
import { isDeepStrictEqual } from 'node:util';
import { array, assert, constantFrom, property, record } from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Severity } from '../../src/model/finding.ts';
import { type Format, formats } from '../../src/model/formats.ts';
import type { Report } from '../../src/model/report.ts';
import { type Renderer, rendererOf } from '../../src/render/formats.ts';
import { aFinding, needs } from '../support/findings.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

type Counts = Readonly<Record<Severity, number>>;
type Json = { readonly [key: string]: Json } & readonly Json[] & string;

const severities: readonly Severity[] = ['critical', 'warning', 'info'];
const count = (of: (severity: Severity) => number) =>
  ({ critical: of('critical'), warning: of('warning'), info: of('info') }) as Counts;
const matches = (text: string, pattern: string) => text.match(new RegExp(pattern, 'gm'))?.length ?? 0;
const among = (list: readonly Json[], is: (one: Json, severity: Severity) => boolean) =>
  count((severity) => list.filter((one) => is(one, severity)).length);

/** The incidents by severity, as a reader of each form counts them. */
const incidentsIn: Readonly<Partial<Record<Format, (text: string) => Counts>>> = {
  text: (text) => count((severity) => matches(text, `^${severity.toUpperCase()} `)),
  json: (text) => among((JSON.parse(text) as Json)['incidents']!, (one, severity) => one['severity'] === severity),
  jsonl: (text) => {
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);
    return among(lines, (one, severity) => one['type'] === 'incident' && one['severity'] === severity);
  },
  yaml: (text) => among((load(text) as Json)['incidents']!, (one, severity) => one['severity'] === severity),
  markdown: (text) => count((severity) => matches(text, `^(#### \\d+\\. |- )\\*\\*${severity}\\*\\*`)),
  junit: (text) => ({
    ...count((severity) => matches(text, `<failure type="${severity}"`)),
    info: matches(text, '<system-out>'),
  }),
  sarif: (text) => {
    const levels = { critical: 'error', warning: 'warning', info: 'note' };
    const [run] = (JSON.parse(text) as Json)['runs']! as unknown as [Json];
    return among(run['results']!, (one, severity) => one['level'] === levels[severity]);
  },
  gitlab: (text) => {
    const names = { critical: 'critical', warning: 'major', info: 'info' };
    return among(JSON.parse(text) as Json, (one, severity) => one['severity'] === names[severity]);
  },
  github: (text) => ({
    critical: matches(text, '^::error '),
    warning: matches(text, '^::warning '),
    info: matches(text, '^::notice '),
  }),
  html: (text) => count((severity) => matches(text, `<article class="incident"[^>]* data-s="${severity}"`)),
  prometheus: (text) => count((severity) => sum(text, 'mekhanikube_incidents', severity)),
};

/** The problems by severity, in those forms that tell them. */
const problemsIn: Readonly<Partial<Record<Format, (text: string) => Counts>>> = {
  json: (text) => among((JSON.parse(text) as Json)['problems']!, (one, severity) => one['severity'] === severity),
  yaml: (text) => among((load(text) as Json)['problems']!, (one, severity) => one['severity'] === severity),
  markdown: (text) => {
    const [, ...numbers] = /^\| problems \| (\d+) \| (\d+) \| (\d+) \|$/m.exec(text) ?? [];
    return count((severity) => Number(numbers[severities.indexOf(severity)]));
  },
  junit: (text) => count((severity) => Number(new RegExp(`"problems.${severity}" value="(\\d+)"`).exec(text)?.[1])),
  prometheus: (text) => count((severity) => sum(text, 'mekhanikube_problems', severity)),
};

/** The sum of a gauge over all its labels but one. */
function sum(text: string, name: string, severity: Severity): number {
  const lines = text.matchAll(new RegExp(`^${name}\\{[^}]*severity="${severity}"[^}]*\\} (\\S+)$`, 'gm'));
  return [...lines].reduce((total, [, value]) => total + Number(value), 0);
}

const renderers = new Map<Format, Renderer>(
  await Promise.all(formats.map(async (format) => [format, await rendererOf(format)] as const)),
);

/** What differs: nothing, where every form tells the same. */
function differences(report: Report): readonly string[] {
  const { incidents, problems } = report.summary;
  const all = severities.reduce((total, one) => total + problems[one], 0);
  return [...renderers].flatMap(([format, render]) => {
    const text = render(report, { severity: 'info', all: true });
    const told = [incidentsIn[format]?.(text) ?? incidents, problemsIn[format]?.(text) ?? problems];
    const inAll = format === 'k8sgpt-json' ? (JSON.parse(text) as { problems: number }).problems : all;
    return isDeepStrictEqual([...told, inAll], [incidents, problems, all])
      ? []
      : [`${format}: ${JSON.stringify(told)}`];
  });
}

test('every form is counted', () => {
  const known = new Set([...Object.keys(incidentsIn), 'k8sgpt-json']);
  expect(formats.filter((format) => !known.has(format))).toEqual([]);
});

test('of recorded clusters', async () => {
  const { broken, healthy } = await goldenReports();
  expect(differences(broken)).toEqual([]);
  expect(differences(healthy)).toEqual([]);
});

test('of any findings, however they are joined', () => {
  const finding = record({
    code: constantFrom('Alpha', 'Beta', 'Gamma'),
    object: constantFrom('Pod shop/a', 'Pod shop/b', 'Pod attic/a', 'Node n1', 'Node n2', 'Deployment shop/web'),
    severity: constantFrom(...severities),
    key: constantFrom('', 'x', 'y'),
    cause: constantFrom(undefined, 'Node n1', 'Node n2', 'Pod shop/a'),
  });
  assert(
    property(array(finding, { maxLength: 12 }), (all) => {
      const findings = all.map(({ code, object, severity, key, cause }) =>
        aFinding(code, object, {
          severity,
          key,
          breaks: ['run'],
          causes: cause === undefined || cause === object ? [] : [needs('run', cause)],
        }),
      );
      expect(differences(reportOf([...new Map(findings.map((one) => [one.id, one])).values()]))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
