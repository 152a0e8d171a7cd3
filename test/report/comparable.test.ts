import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderJsonl } from '../../src/render/jsonl.ts';
import { comparableIn } from '../../src/report/comparable.ts';
import { aFinding, needs } from '../support/findings.ts';
import { reportOf } from '../support/report.ts';

const report = reportOf([
  aFinding('NodeDown', 'Node n1', { breaks: ['run'] }),
  aFinding('NodeDown', 'Node n2', { breaks: ['run'] }),
  // A symptom of both: it stands in two lines of JSON lines.
  aFinding('PodDead', 'Deployment shop/web', {
    members: ['Pod shop/web-1'],
    causes: [needs('run', 'Node n1'), needs('run', 'Node n2')],
  }),
]);
const json = renderJson(report);
const jsonl = renderJsonl(report);
const ids = report.problems.map(({ id }) => id).sort();

test.each([
  ['JSON', json],
  ['JSON on one line', JSON.stringify(report)],
  ['JSON with other spaces around it', `\n  ${json}\n\n`],
  ['JSON lines', jsonl],
  ['JSON lines of Windows', jsonl.replaceAll('\n', '\r\n')],
  ['JSON of a later version with more fields', JSON.stringify({ ...report, mood: 'good' })],
])('reads %s', (_, text) => {
  const read = comparableIn(text, 'report.json');
  expect(read?.problems.map(({ id }) => id).sort()).toEqual(ids);
  expect(read).toMatchObject({ takenAt: report.takenAt, cluster: { name: 'test' }, gaps: [], suppressed: [] });
});

test('an empty report is one', () => {
  expect(comparableIn(renderJsonl(reportOf([])), 'x')?.problems).toEqual([]);
});

test.each([
  ['nothing', ''],
  ['words', 'all is well'],
  ['a list', '[]'],
  ['JSON that was cut off', json.slice(0, -20)],
  ['an object of a cluster', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}'],
  ['a snapshot', '{"format":"mekhanikube-snapshot","version":1}\n{"resource":"pods"}\n'],
  ['the list of accelerators', '{"schemaVersion":"1","totals":[]}'],
  ['YAML', 'schemaVersion: "1"\nproblems: []\n'],
])('%s is no report', (_, text) => {
  expect(comparableIn(text, 'x')).toBeUndefined();
});

test.each([
  [
    'another version',
    JSON.stringify({ ...report, schemaVersion: '2' }),
    'x is a report of version "2", and version "1" can be read',
  ],
  [
    'no version that could be one',
    '{"schemaVersion":{},"problems":[]}',
    'x is a report of version {}, and version "1" can be read',
  ],
  [
    'lines without their end',
    jsonl.split('\n').slice(0, 1).join('\n'),
    'x is a report in JSON lines that was cut off: its summary is missing',
  ],
  [
    'a line that is none',
    jsonl.replace('\n', '\nnonsense\n'),
    'x is a report in JSON lines that was cut off: its summary is missing',
  ],
  [
    'a severity that is none',
    json.replace('"severity": "critical"', '"severity": "dire"').replace(/"incidents": \{[^}]*\}/, '"incidents": {}'),
    'x is no whole report: problems.0.severity',
  ],
  ['no time', JSON.stringify({ ...report, takenAt: 'yesterday' }), 'x is no whole report: takenAt: is no time'],
  ['problems that are none', JSON.stringify({ ...report, problems: 3 }), 'x is no whole report: problems'],
])('refuses %s', (_, text, message) => {
  expect(() => comparableIn(text, 'x')).toThrow(UserError);
  expect(() => comparableIn(text, 'x')).toThrow(message);
});
