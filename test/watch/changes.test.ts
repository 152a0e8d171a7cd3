import { expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { renderChangeLines, renderChanges } from '../../src/render/changes.ts';
import { changesAtLeast, changesBetween } from '../../src/watch/changes.ts';
import { demoReport } from '../support/recorded-report.ts';

const demo = await demoReport();
const [first, ...others] = demo.incidents;
const without: Report = { ...demo, incidents: others };
const info: Report = { ...demo, incidents: [{ ...first!, severity: 'info' }, ...others] };
const gap = { what: 'resource', name: 'pods', reason: '403' } as const;
const { code, severity, object, message } = first!;
const ignored = { id: first!.root, code, severity, object, message, by: 'annotation', rule: 'a rule' } as const;
const worst: Report = { ...demo, incidents: [{ ...first!, severity: 'critical' }, ...others] };

const told = (earlier: Report | undefined, later: Report) =>
  changesBetween(earlier, later).map(({ change, incident }) => [change, incident.id, incident.severity]);

test.each<[string, Report | undefined, Report, readonly unknown[]]>([
  ['nothing', demo, demo, []],
  ['another moment is no change', demo, { ...demo, takenAt: '2030-01-01T00:00:00Z' }, []],
  [
    'another text is no change',
    demo,
    { ...demo, incidents: demo.incidents.map((one) => ({ ...one, message: 'x' })) },
    [],
  ],
  ['the first report', undefined, { ...demo, incidents: [first!] }, [['new', first!.id, first!.severity]]],
  ['one that came', without, demo, [['new', first!.id, first!.severity]]],
  ['one that went', demo, without, [['resolved', first!.id, first!.severity]]],
  ['one that got worse', info, worst, [['worse', first!.id, 'critical']]],
  ['one that got better', worst, info, [['better', first!.id, 'info']]],
  [
    'gone, for somebody said to ignore it',
    demo,
    { ...without, suppressed: [ignored], gaps: [...demo.gaps, gap] },
    [['ignored', first!.id, first!.severity]],
  ],
  [
    'one that was ignored and counts again',
    { ...without, suppressed: [ignored] },
    demo,
    [['new', first!.id, first!.severity]],
  ],
  [
    'gone, but something is hidden now',
    demo,
    { ...without, gaps: [...demo.gaps, gap] },
    [['unseen', first!.id, first!.severity]],
  ],
  [
    'gone, and the same was hidden before',
    { ...demo, gaps: [gap] },
    { ...without, gaps: [{ ...gap, reason: 'x' }] },
    [['resolved', first!.id, first!.severity]],
  ],
  [
    'gone, and only a model was silent',
    demo,
    { ...without, gaps: [{ ...gap, what: 'explanation' }] },
    [['resolved', first!.id, first!.severity]],
  ],
])('%s', (_title, earlier, later, expected) => {
  expect(told(earlier, later)).toEqual(expected);
});

test.each([
  ['one that got better than is told', worst, info, 'warning', 1],
  ['one that got worse', info, worst, 'warning', 1],
  ['one that was never told', info, { ...info, incidents: others }, 'warning', 0],
  ['one that came and is not bad', { ...info, incidents: others }, info, 'warning', 0],
  ['all of them', info, { ...info, incidents: others }, 'info', 1],
] as const)('who is told of what: %s', (_title, earlier, later, least, count) => {
  expect(changesAtLeast(least, changesBetween(earlier, later))).toHaveLength(count);
});

test('a line for each change, whatever the cluster says', () => {
  const hostile = { ...first!, message: 'gone\n\u001B[2Jforged\u202E', object: { ...first!.object, name: 'a\rb' } };
  const changes = [
    { change: 'new', incident: hostile },
    { change: 'resolved', incident: first! },
  ] as const;
  const text = renderChanges(changes, demo.takenAt, { color: false });
  expect(text.trimEnd().split('\n')).toHaveLength(2);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u001B\u202E\r]/);
  expect(text).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z {2}NEW {7}/);
  const lines = renderChangeLines(changes, demo.takenAt).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: 'change', at: demo.takenAt, change: 'new', incident: hostile },
    { type: 'change', at: demo.takenAt, change: 'resolved', incident: first },
  ]);
});
