import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/object.ts';
import { analyze } from '../../src/pipeline.ts';
import type { RenderOptions } from '../../src/render/formats.ts';
import { renderText } from '../../src/render/text.ts';
import type { ScopeRequest } from '../../src/report/scope.ts';
import { testAnalyzer } from '../support/analyzer.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import type { SnapshotOptions } from '../support/snapshot.ts';

const titleOf = (code: string) => testAnalyzer.codes[code]?.title;

function text(
  objects: readonly KubeObject[],
  options: RenderOptions & SnapshotOptions & { scope?: ScopeRequest } = {},
) {
  const { scope, missing, ...rest } = options;
  const loaded = loadedOf(objects, missing === undefined ? {} : { missing });
  return renderText(analyze(loaded, { analyzers: [testAnalyzer], ...(scope === undefined ? {} : { scope }) }), {
    titleOf,
    ...rest,
  });
}

const down = node('n1', {
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'silent\nCRITICAL  \u001B[2Jnot a headline',
        lastTransitionTime: ago('2h'),
      },
    ],
  },
});
const unready: Patch = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
const web = deployment('shop/web');
const webSet = replicaSet(web);
const webPods = Array.from({ length: 12 }, (_, index) =>
  pod(`shop/web-${index}`, merge(ownedBy(webSet), unready) as Patch),
);
const old = object('services', 'shop/web', { metadata: { annotations: { old: 'yes' } } });
const broken = [web, webSet, ...webPods, down, old];

test('tells what, why, how that is known and what to do', () => {
  expect(text(broken)).toMatchInlineSnapshot(`
    "Cluster test (context test-context, v1.36.3), at 2026-03-01 12:00:00 UTC
    Scope: all namespaces

    CRITICAL  Node is down: Node n1, for 2h  TestNodeDown
      Node n1: the kubelet stopped reporting: silent CRITICAL  �[2Jnot a headline
      └─ Deployment shop/web: container app is not ready
           via spec.nodeName: n1
      Cause
        The kubelet of node n1 no longer reports. The reason was NodeStatusUnknown.
      Evidence
        Node n1  status.conditions[3].status: Unknown
      Confirm
        1. Look at the node:
           kubectl describe node n1
      Fix
        1. Restart the kubelet on the machine.
        2. Bring it back:
           kubectl uncordon n1
      Affected
        Pod  shop/web-0, shop/web-1, shop/web-10, shop/web-11, shop/web-2 and 7 more
        Deployment  shop/web

    1 critical, 1 info incidents (3 problems). Checked 12 pods, 1 deployment, 1
      service and 1 node for 3 kinds of problem.
    Hidden: 1 info incident (--severity info shows it).
    "
  `);
});

test('lines that begin with a severity are the first lines of incidents', () => {
  const lines = text(broken, { severity: 'info', columns: 40 }).split('\n');
  expect(lines.filter((one) => /^(CRITICAL|WARNING|INFO)/.test(one))).toEqual([
    expect.stringMatching(/^CRITICAL {2}Node is down: Node n1, for 2h/),
    expect.stringMatching(/^INFO {2}Service is old: Service shop\/web/),
  ]);
});

test('no control character of the cluster gets through', () => {
  // eslint-disable-next-line no-control-regex
  expect(text(broken, { severity: 'info', all: true })).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
});

test.each([
  ['warning', 'Hidden: 1 info incident (--severity info shows it).'],
  ['critical', 'Hidden: 1 info incident (--severity info shows it).'],
] as const)('at %s says what is hidden', (severity, hidden) => {
  expect(text(broken, { severity })).toContain(hidden);
});

test('at info nothing is hidden', () => {
  expect(text(broken, { severity: 'info' })).not.toContain('Hidden');
});

test('members are cut, unless all are asked for', () => {
  expect(text(broken)).toContain('shop/web-2 and 7 more');
  const all = text(broken, { all: true, columns: 120 });
  expect(all).not.toContain('more');
  for (const one of webPods) expect(all).toContain(`shop/${one.metadata.name}`);
});

test('commands stand on lines of their own, whole, however narrow the terminal is', () => {
  expect(text(broken, { columns: 10 }).split('\n')).toContain('       kubectl describe node n1');
});

test('no other line is wider than the terminal', () => {
  const lines = text(broken, { columns: 60, severity: 'info' }).split('\n');
  const wide = lines.filter((one) => one.length > 60 && !/^(CRITICAL|INFO)|^ +kubectl/.test(one));
  expect(wide).toEqual([]);
});

test('a healthy cluster is told what was checked', () => {
  expect(text([web, node('n1'), pod('shop/web-1')])).toMatchInlineSnapshot(`
    "Cluster test (context test-context, v1.36.3), at 2026-03-01 12:00:00 UTC
    Scope: all namespaces

    No problems found. Checked 1 pod, 1 deployment and 1 node for 3 kinds of
      problem.
    "
  `);
});

test.each([
  ['info', 'Nothing critical and no warning found, 1 info incident. Checked 1 service for 3 kinds of problem.'],
  ['warning', 'No problems found. Checked 1 service for 3 kinds of problem.'],
] as const)('what is told is not denied in the next line: %s', (severity, said) => {
  expect(text([old], { severity, columns: 120 })).toContain(`\n${said}\n`);
});

test('one object of a kind that is not counted by name is one object', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'shop' } };
  expect(text([object('secrets', 'shop/a', secret)])).toContain('Checked 1 object for');
  expect(text([object('secrets', 'shop/a', secret), object('secrets', 'shop/b', secret)])).toContain(
    'Checked 2 objects for',
  );
});

test('what was not seen is said, with or without problems', () => {
  const missing = {
    secrets: 'may not be listed (403)',
    'deployments.apps': 'may not be listed (403)',
    events: 'timed out',
  };
  const said = 'Not seen: secrets, deployments (may not be listed (403)); events (timed out)';
  expect(text(broken, { missing, columns: 120 })).toContain(said);
  expect(text([node('n1')], { missing, columns: 120 })).toContain(said);
  expect(text([node('n1')], { missing })).toContain('No problems found in what could be seen.');
});

test('the scope is said', () => {
  const scope = { namespaces: ['shop'], selector: 'app=web', filters: ['test'], targets: ['deploy/web'] };
  expect(text(broken, { scope })).toContain('Scope: namespace shop, labels app=web, only test, deployments/web');
});

test('colour is only there when asked for', () => {
  expect(text(broken)).not.toContain('\u001B');
  expect(text(broken, { color: true })).toContain('\n\u001B[1m\u001B[31mCRITICAL');
});

test('of many incidents the first are told in full, the others by their first line, until --all is given', () => {
  const many = Array.from({ length: 15 }, (_, index) =>
    node(`n${String(index).padStart(2, '0')}`, { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }),
  );
  const cut = text(many);
  expect(cut.match(/^CRITICAL /gm)).toHaveLength(15);
  expect(cut.match(/^ {2}Evidence$/gm)).toHaveLength(12);
  expect(cut).toContain('To see these in full: --all, or name an object: mekhanikube analyze node/n12');
  const whole = text(many, { all: true });
  expect(whole.match(/^CRITICAL /gm)).toHaveLength(15);
  expect(whole.match(/^ {2}Evidence$/gm)).toHaveLength(15);
  expect(whole).not.toContain('To see these in full');
});

test('a name that a shell might act upon is not put into a command', () => {
  const many = Array.from({ length: 13 }, (_, index) =>
    node(`n$(reboot)${index + 10}`, { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }),
  );
  expect(text(many)).toContain('To see these in full: --all\n');
});

test('an empty recording is not said to be well', () => {
  const nothing = { ...loadedOf([]), stats: { requests: 0, bytes: 0, objects: 0 } };
  const said = renderText(analyze(nothing, { analyzers: [testAnalyzer] }));
  expect(said).toContain('Nothing was checked: no object was seen.');
  expect(said).not.toContain('No problems');
});
