import { describe, expect, test } from 'vitest';
import { correlate } from '../../../src/engine/correlate.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { IgnoreRule } from '../../../src/model/ignore.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { refText } from '../../../src/model/object.ts';
import { ignore } from '../../../src/report/ignore/ignore.ts';
import { aFinding, needs, short } from '../../support/findings.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../../support/objects.ts';
import { snapshotOf } from '../../support/snapshot.ts';

const codes = ['NodeBad', 'PodBad', 'PodWorse', 'ServiceBad', 'EntryBad'];
const ignoring = (value: string, more: Readonly<Record<string, string>> = {}): Patch => ({
  metadata: {
    annotations: {
      'mekhanikube.io/ignore': value,
      ...Object.fromEntries(Object.entries(more).map(([name, text]) => [`mekhanikube.io/ignore-${name}`, text])),
    },
  },
});
const rule = (parts: Partial<IgnoreRule>): IgnoreRule => ({ code: [], kind: [], namespace: [], name: [], ...parts });

/** What is left, what is ignored, and what is said of it. */
function told(
  findings: readonly Finding[],
  {
    objects = [],
    rules = [],
    namespaces = [],
  }: { objects?: readonly KubeObject[]; rules?: readonly IgnoreRule[]; namespaces?: readonly string[] } = {},
) {
  const snapshot = snapshotOf(objects);
  const { incidents, ignored, hints } = ignore(correlate(snapshot, findings), { snapshot, rules, codes, namespaces });
  return {
    incidents: incidents.map((incident) => `${incident.severity} ${short(incident)}`),
    ignored: ignored.map(({ finding, reason }) => `${finding.code} ${refText(finding.object)}: ${reason.rule}`),
    hints,
  };
}

const annotation = (code: string, where: string) => `mekhanikube.io/ignore: ${code} on ${where}`;

describe('an annotation', () => {
  const findings = [aFinding('PodBad', 'Pod shop/a')];
  const loud = { incidents: ['critical PodBad Pod shop/a'], ignored: [], hints: [] };

  test.each(['PodBad', 'Pod*', '*', 'NodeBad,PodBad'])('%s on the object', (value) => {
    expect(told(findings, { objects: [pod('shop/a', ignoring(value))] })).toMatchObject({ incidents: [], hints: [] });
  });

  test.each([
    ['of another code', pod('shop/a', ignoring('PodWorse'))],
    ['on another object', pod('shop/b', ignoring('PodBad'))],
    ['on an object of that name elsewhere', pod('attic/a', ignoring('PodBad'))],
    ['on another kind of that name', object('services', 'shop/a', ignoring('PodBad'))],
    ['on its namespace', object('namespaces', 'shop', ignoring('PodBad'))],
  ])('%s ignores nothing', (_, one) => {
    expect(told(findings, { objects: [pod('shop/a'), one] })).toEqual(loud);
  });

  test('nothing at all changes nothing', () => {
    expect(told(findings)).toEqual(loud);
  });

  test('with an end ignores until then', () => {
    const until = (text: string) => told(findings, { objects: [pod('shop/a', ignoring('PodBad', { until: text }))] });
    expect(until('2026-03-02').incidents).toEqual([]);
    expect(until('2026-03-01T12:00:01Z').incidents).toEqual([]);
    // The moment of the snapshot.
    expect(until('2026-03-01T12:00:00Z')).toEqual({
      ...loud,
      hints: [`${annotation('PodBad', 'Pod shop/a')} ended on 2026-03-01T12:00:00Z: what it ignored counts again.`],
    });
    expect(until('2026-02-01').hints[0]).toContain('ended on 2026-02-01: ');
  });

  test('that ended and would ignore nothing is not told of', () => {
    const objects = [pod('shop/b', ignoring('PodBad', { until: '2026-02-01' }))];
    expect(told(findings, { objects })).toEqual(loud);
  });

  test('that is wrong is told of, each mistake once', () => {
    const objects = [
      pod('shop/a', ignoring('PodBaad')),
      pod('shop/b', ignoring('PodBaad')),
      object('services', 'shop/x', ignoring('Qqqqq*')),
      object('services', 'shop/y', ignoring('no code')),
    ];
    expect(told(findings, { objects })).toEqual({
      ...loud,
      hints: [
        'Service shop/x: mekhanikube.io/ignore: there is no code Qqqqq*',
        'Service shop/y: mekhanikube.io/ignore: "no code" is no code',
        'Pod shop/a and 1 more: mekhanikube.io/ignore: there is no code PodBaad: did you mean PodBad?',
      ],
    });
    expect(told(findings, { objects, namespaces: ['attic'] }).hints).toEqual([]);
  });

  test('a thousand different mistakes are five hints and a count', () => {
    const objects = Array.from({ length: 1_000 }, (_, index) => pod(`shop/p${index}`, ignoring(`Nope${index}`)));
    const { hints } = told([], { objects });
    expect(hints).toHaveLength(6);
    expect(hints.at(-1)).toBe('995 more annotations that say what to ignore are wrong or have ended.');
  });
});

describe('pods of one controller', () => {
  const web = deployment('shop/web');
  const set = replicaSet(web);
  const member = (name: string, patch: Patch = {}) => pod(name, merge(ownedBy(set), patch) as Patch);
  const finding = aFinding('PodBad', 'Deployment shop/web', { members: ['Pod shop/web-1', 'Pod shop/web-2'] });
  const ignored = (...objects: readonly KubeObject[]) =>
    told([finding], { objects: [set, ...objects] }).incidents.length === 0;

  test('all of them say so', () => {
    expect(ignored(web, member('shop/web-1', ignoring('PodBad')), member('shop/web-2', ignoring('*')))).toBe(true);
  });

  test('the controller says so', () => {
    expect(ignored(merge(web, ignoring('PodBad')) as KubeObject, member('shop/web-1'), member('shop/web-2'))).toBe(
      true,
    );
  });

  test.each([
    ['one of them does not', [web, member('shop/web-1', ignoring('PodBad')), member('shop/web-2')]],
    ['one of them is not there', [web, member('shop/web-1', ignoring('PodBad'))]],
    [
      'one says another code',
      [web, member('shop/web-1', ignoring('PodBad')), member('shop/web-2', ignoring('PodWorse'))],
    ],
    [
      'one ended',
      [
        web,
        member('shop/web-1', ignoring('PodBad')),
        member('shop/web-2', ignoring('PodBad', { until: '2026-01-01' })),
      ],
    ],
    ['one is not owned by it', [web, member('shop/web-1', ignoring('PodBad')), pod('shop/web-2', ignoring('PodBad'))]],
  ])('%s: it counts', (_, objects) => {
    expect(ignored(...objects)).toBe(false);
  });

  test('a controller with no pods is not ignored by all of them', () => {
    expect(told([aFinding('PodBad', 'Deployment shop/web')], { objects: [web] }).ignored).toEqual([]);
  });
});

// Who may annotate a pod may not hide what happens to a node, to a neighbour, or to everybody.
describe('the reach of a tenant', () => {
  const mine = (name: string) => pod(name, merge(ignoring('*'), { spec: { nodeName: 'n1' } }) as Patch);
  const quiet = (name: string) => object('secrets', name, ignoring('*'));

  test('pods do not hide a node whose only members they are', () => {
    const finding = aFinding('NodeBad', 'Node n1', { members: ['Pod shop/a', 'Pod shop/b'] });
    expect(told([finding], { objects: [node('n1'), mine('shop/a'), mine('shop/b')] }).ignored).toEqual([]);
  });

  test('pods that claim another namespace as their owner do not hide it', () => {
    const finding = aFinding('PodBad', 'Deployment prod/web', { members: ['Pod shop/a'] });
    const objects = [
      deployment('prod/web'),
      pod('shop/a', merge(ignoring('*'), ownedBy(deployment('prod/web'))) as Patch),
    ];
    expect(told([finding], { objects }).ignored).toEqual([]);
  });

  test('the first of several equal objects does not speak for the others', () => {
    const finding = aFinding('PodBad', 'Secret attic/tls', { members: ['Secret shop/tls'] });
    expect(told([finding], { objects: [quiet('attic/tls'), object('secrets', 'shop/tls')] }).ignored).toEqual([]);
    expect(told([finding], { objects: [quiet('attic/tls'), quiet('shop/tls')] }).ignored).toHaveLength(1);
  });

  test('an annotation cannot make itself out to be of the configuration, or name another object', () => {
    const objects = [pod('shop/a', ignoring('PodBad on Node n1'))];
    expect(told([aFinding('PodBad', 'Pod shop/a'), aFinding('NodeBad', 'Node n1')], { objects }).ignored).toEqual([]);
  });
});

describe('an entry of the configuration', () => {
  const findings = [
    aFinding('PodBad', 'Pod shop/web-1'),
    aFinding('PodWorse', 'Pod attic/web-2'),
    aFinding('NodeBad', 'Node n1'),
    aFinding('NodeBad', 'Namespace shop'),
  ];
  const left = (...rules: readonly Partial<IgnoreRule>[]) =>
    told(findings, { rules: rules.map(rule) }).incidents.map((line) => line.replace('critical ', ''));

  test.each<[string, Partial<IgnoreRule>, readonly string[]]>([
    ['a code', { code: ['PodBad'] }, ['NodeBad Namespace shop', 'NodeBad Node n1', 'PodWorse Pod attic/web-2']],
    ['codes by pattern', { code: ['Pod*'] }, ['NodeBad Namespace shop', 'NodeBad Node n1']],
    ['a kind, in any case', { kind: ['pod'] }, ['NodeBad Namespace shop', 'NodeBad Node n1']],
    ['a namespace and itself', { namespace: ['sh*'] }, ['NodeBad Node n1', 'PodWorse Pod attic/web-2']],
    ['every namespace, but nothing outside of them', { namespace: ['*'] }, ['NodeBad Node n1']],
    ['a name', { name: ['web-*', 'n1'] }, ['NodeBad Namespace shop']],
    [
      'all of it together',
      { code: ['PodBad', 'PodWorse'], kind: ['Pod'], namespace: ['attic'], name: ['*-2'] },
      ['NodeBad Namespace shop', 'NodeBad Node n1', 'PodBad Pod shop/web-1'],
    ],
    [
      'not quite',
      { code: ['PodBad'], namespace: ['attic'] },
      ['NodeBad Namespace shop', 'NodeBad Node n1', 'PodBad Pod shop/web-1', 'PodWorse Pod attic/web-2'],
    ],
  ])('%s', (_, parts, incidents) => {
    expect(left(parts)).toEqual(expect.arrayContaining([...incidents]));
    expect(left(parts)).toHaveLength(incidents.length);
  });

  test('says which it is, that it has ended, and that its code is none', () => {
    const rules = [
      rule({ code: ['PodBad'], namespace: ['shop'] }),
      rule({ code: ['NodeBad'], until: '2026-01-01T00:00:00Z' }),
      rule({ code: ['NodBad', 'Xyzzy'] }),
    ];
    const { ignored, hints } = told(findings, { rules });
    expect(ignored).toEqual(['PodBad Pod shop/web-1: ignore[0] of the configuration: code PodBad; namespace shop']);
    expect(hints).toEqual([
      'ignore[1] of the configuration: code NodeBad ended on 2026-01-01: what it ignored counts again.',
      'ignore[2] of the configuration: code NodBad, Xyzzy: there is no code NodBad: did you mean NodeBad?',
      'ignore[2] of the configuration: code NodBad, Xyzzy: there is no code Xyzzy',
    ]);
  });

  test('a second one takes over where the first has ended', () => {
    const rules = [
      rule({ code: ['PodBad'], until: '2026-01-01T00:00:00Z' }),
      rule({ kind: ['Pod'], namespace: ['shop'] }),
    ];
    expect(told(findings, { rules }).ignored).toEqual([
      'PodBad Pod shop/web-1: ignore[1] of the configuration: kind Pod; namespace shop',
    ]);
  });
});

describe('an incident', () => {
  // n1 -> pods a and b -> service s (of a) -> entry e
  const chain = (entry: 'critical' | 'warning' = 'warning') => [
    aFinding('NodeBad', 'Node n1', { breaks: ['run'], since: ago('1h') }),
    aFinding('PodBad', 'Pod shop/a', { severity: 'warning', breaks: ['ready'], causes: [needs('run', 'Node n1')] }),
    aFinding('PodBad', 'Pod shop/b', { severity: 'info', causes: [needs('run', 'Node n1')] }),
    aFinding('ServiceBad', 'Service shop/s', {
      severity: 'warning',
      breaks: ['route'],
      causes: [needs('ready', 'Pod shop/a')],
    }),
    aFinding('EntryBad', 'Pod shop/e', { severity: entry, causes: [needs('route', 'Service shop/s')] }),
  ];
  const without = (...rules: readonly Partial<IgnoreRule>[]) => {
    const snapshot = snapshotOf([]);
    const { incidents, ignored } = ignore(correlate(snapshot, chain()), {
      snapshot,
      rules: rules.map(rule),
      codes,
      namespaces: [],
    });
    return {
      incidents: incidents.map((incident) => `${incident.severity} ${short(incident)}`),
      hops: incidents.flatMap((incident) =>
        incident.chain.map(({ from, to }) => `${from.object.name}>${to.object.name}`),
      ),
      ignored: ignored.map(({ finding }) => finding.object.name),
    };
  };
  const all = ['n1>a', 'n1>b', 'a>s', 's>e'];

  test('loses a symptom that is ignored, at the end of a chain', () => {
    expect(without({ name: ['b'] })).toEqual({
      incidents: ['critical NodeBad Node n1 > PodBad Pod shop/a, EntryBad Pod shop/e, ServiceBad Service shop/s'],
      hops: all.filter((hop) => hop !== 'n1>b'),
      ignored: ['b'],
    });
  });

  test('loses the whole end of a chain', () => {
    expect(without({ name: ['e', 's'] }).hops).toEqual(['n1>a', 'n1>b']);
  });

  test('keeps what is ignored where it leads to something that is not', () => {
    expect(without({ name: ['a', 's'] })).toMatchObject({ hops: all, ignored: ['a', 's'] });
  });

  test('keeps its root as the explanation; its severity is that of what counts', () => {
    expect(without({ code: ['NodeBad'] })).toEqual({
      incidents: [
        'warning NodeBad Node n1 > PodBad Pod shop/a, EntryBad Pod shop/e, ServiceBad Service shop/s, PodBad Pod shop/b',
      ],
      hops: all,
      ignored: ['n1'],
    });
  });

  test('goes where all of it is ignored', () => {
    expect(without({ kind: ['*'] })).toEqual({ incidents: [], hops: [], ignored: ['n1', 'a', 'e', 's', 'b'] });
  });

  test('takes its new place among the others', () => {
    const other = aFinding('PodWorse', 'Pod attic/z', { severity: 'warning' });
    const worse = [...chain('critical'), other];
    const order = (rules: readonly IgnoreRule[]) =>
      told(worse, { rules }).incidents.map((line) => line.split(' > ')[0]);
    expect(order([])).toEqual(['critical NodeBad Node n1', 'warning PodWorse Pod attic/z']);
    expect(order([rule({ name: ['n1', 'a', 'e', 's'] })])).toEqual([
      'warning PodWorse Pod attic/z',
      'info NodeBad Node n1',
    ]);
  });
});

test('a cycle of which something counts stays whole', () => {
  const findings = [
    aFinding('PodBad', 'Pod shop/a', { breaks: ['ready'], causes: [needs('ready', 'Pod shop/b')] }),
    aFinding('PodBad', 'Pod shop/b', { breaks: ['ready'], unlocks: true, causes: [needs('ready', 'Pod shop/a')] }),
  ];
  expect(told(findings, { rules: [rule({ name: ['b'] })] }).incidents).toEqual([
    'critical PodBad Pod shop/b > PodBad Pod shop/a',
  ]);
  expect(told(findings, { rules: [rule({ name: ['a'] })] }).incidents).toEqual([
    'critical PodBad Pod shop/b > PodBad Pod shop/a',
  ]);
  expect(told(findings, { rules: [rule({ name: ['*'] })] }).incidents).toEqual([]);
});
