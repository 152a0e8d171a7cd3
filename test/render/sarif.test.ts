import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { objectPath } from '../../src/render/object-path.ts';
import { renderSarif } from '../../src/render/sarif.ts';
import { messageText } from '../../src/render/sarif-result.ts';
import { aFinding, needs } from '../support/findings.ts';
import { facts } from '../support/facts.ts';
import { goldenReports } from '../support/recorded-report.ts';
import { reportOf } from '../support/report.ts';

const golden = await goldenReports();

interface Run {
  readonly results: readonly Record<string, unknown>[];
  readonly invocations: readonly { executionSuccessful: boolean; toolExecutionNotifications: Notification[] }[];
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly help?: object }[] } };
}
interface Notification {
  readonly level: string;
  readonly descriptor: { readonly id: string };
  readonly message: { readonly text: string };
}

const runOf = (report: Report) => (JSON.parse(renderSarif(report, facts)) as { runs: [Run] }).runs[0];

test.each(Object.entries(golden))('%s: is printed as it was', async (name, report) => {
  await expect(renderSarif(report, facts)).toMatchFileSnapshot(`golden/${name}.sarif`);
});

test('a result for each incident, with rules that it points to', () => {
  const { results, tool } = runOf(golden.broken);
  expect(results.map(({ level }) => level)).toEqual(
    golden.broken.incidents.map(({ severity }) => ({ critical: 'error', warning: 'warning', info: 'note' })[severity]),
  );
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex as number]?.id).toBe(ruleId);
  expect(tool.driver.rules.find(({ id }) => id === 'SecretMissing')?.help).toMatchObject({
    markdown: expect.stringMatching(/^A Secret is named[^]*Fix:\n\n- /) as string,
  });
});

test('the chain is a flow for each path from the root', () => {
  const report = reportOf([
    aFinding('NodeDown', 'Node n1', { breaks: ['run'] }),
    aFinding('PodDead', 'Pod shop/a', { breaks: ['ready'], causes: [needs('run', 'Node n1')] }),
    aFinding('ServiceDead', 'Service shop/a', { causes: [needs('ready', 'Pod shop/a')] }),
    aFinding('PodDead', 'Pod shop/b', { causes: [needs('run', 'Node n1')] }),
  ]);
  const [result] = runOf(report).results;
  type Flow = { threadFlows: { locations: { location: { message: { text: string } } }[] }[] };
  const flows = (result!['codeFlows'] as Flow[]).map(({ threadFlows }) =>
    threadFlows[0]!.locations.map(({ location }) => location.message.text),
  );
  expect(flows.toSorted((one, other) => one.length - other.length)).toEqual([
    ['NodeDown: NodeDown', 'PodDead: PodDead (via spec.x: Node n1)'],
    [
      'NodeDown: NodeDown',
      'PodDead: PodDead (via spec.x: Node n1)',
      'ServiceDead: ServiceDead (via spec.x: Pod shop/a)',
    ],
  ]);
  expect(result!['relatedLocations']).toHaveLength(3);
});

test('no two results have one fingerprint, though one names what is ignored as its cause', () => {
  const { results } = runOf({
    ...golden.incomplete,
    suppressed: golden.broken.problems.map((one) => ({ ...one, by: 'annotation', rule: '*' })),
    incidents: golden.broken.incidents,
  });
  const prints = results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
  expect(prints.length).toBeGreaterThan(golden.broken.incidents.length);
  expect(new Set(prints).size).toBe(prints.length);
});

test('a deadlock ends', () => {
  const report = reportOf([
    aFinding('A', 'Pod shop/a', { breaks: ['ready'], unlocks: true, causes: [needs('ready', 'Pod shop/b')] }),
    aFinding('B', 'Pod shop/b', { breaks: ['ready'], causes: [needs('ready', 'Pod shop/a')] }),
  ]);
  expect(runOf(report).results).toHaveLength(1);
});

describe('ignored and known', () => {
  const { results, invocations } = runOf(golden.incomplete);

  test('what is ignored is suppressed with its reason, and all results say whether they are', () => {
    expect(results.map(({ suppressions }) => suppressions)).toEqual([
      [],
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'moves out in spring; by annotation: DeploymentUnavailable; until 2027-03-01T00:00:00Z',
        },
      ],
    ]);
    expect(runOf(golden.broken).results.some((result) => 'suppressions' in result)).toBe(false);
  });

  test('with a baseline every result has its state, and what is resolved is no result', () => {
    expect(results.map(({ baselineState }) => baselineState)).toEqual(['unchanged', 'unchanged']);
    expect(runOf(golden.broken).results.some((result) => 'baselineState' in result)).toBe(false);
    const told = invocations[0]!.toolExecutionNotifications.map(({ descriptor, level }) => [descriptor.id, level]);
    expect(told).toEqual([
      ['NotSeen', 'warning'],
      ['NotSeen', 'warning'],
      ['Resolved', 'note'],
    ]);
  });
});

test('a cluster may be called anything', () => {
  const cluster = { ...golden.healthy.cluster, name: 'a/b \uD800' };
  expect(renderSarif({ ...golden.healthy, cluster })).toContain('"id": "mekhanikube/a%2Fb%20%EF%BF%BD/"');
});

test('an analyzer that broke: the run was not a success', () => {
  const broke = reportOf([], { gaps: [{ what: 'analyzer', name: 'mine', reason: 'threw' }] });
  expect(runOf(broke).invocations[0]).toMatchObject({ executionSuccessful: false });
  expect(runOf(golden.incomplete).invocations[0]).toMatchObject({ executionSuccessful: true });
});

test('of more results than GitHub takes the least bad are left out, and that is said', () => {
  const [critical, info] = [
    golden.broken.incidents.find(({ severity }) => severity === 'critical')!,
    golden.broken.incidents.find(({ severity }) => severity === 'info')!,
  ];
  const incidents = [...Array<typeof critical>(24_999).fill(critical), ...Array<typeof info>(3).fill(info)];
  const { results, invocations } = runOf({ ...golden.incomplete, incidents });
  expect(results).toHaveLength(25_000);
  expect(invocations[0]!.toolExecutionNotifications.at(-1)).toEqual({
    descriptor: { id: 'LeftOut' },
    level: 'warning',
    message: { text: 'Left out are the least bad results: 1 critical, 0 warning, 2 info. GitHub takes 25000.' },
  });
});

test('paths are relative references, whatever the names', () => {
  const path = (namespace: string | undefined, name: string) =>
    objectPath({ apiVersion: 'v1', kind: 'Pod', name, ...(namespace === undefined ? {} : { namespace }) });
  expect(path('shop', 'web')).toBe('shop/pod/web');
  expect(path(undefined, 'system:node')).toBe('_cluster/pod/system%3Anode');
  expect(path('..', '../../etc/passwd')).toBe('_../pod/..%2F..%2Fetc%2Fpasswd');
  expect(path('', 'a b\n\u202E')).toBe('_/pod/a%20b%20%EF%BF%BD');
  expect(() => path('\uD800', '\uDC00')).not.toThrow();
});

test('messages hold neither arguments nor links', () => {
  expect(messageText('a {0} [x](javascript:y)\n\u001B[2J').text).toBe('a {{0}} [x] (javascript:y) \uFFFD[2J');
});
