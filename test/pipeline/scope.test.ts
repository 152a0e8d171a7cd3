import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { Analyzer } from '../../src/model/finding.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { refText } from '../../src/model/object.ts';
import { analyze } from '../../src/pipeline.ts';
import { checkWords, type ScopeRequest } from '../../src/report/scope.ts';
import { testAnalyzer } from '../support/analyzer.ts';
import { loadedOf } from '../support/loaded.ts';
import { ago, deployment, merge, node, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import type { SnapshotOptions } from '../support/snapshot.ts';

const unready = (nodeName: string): Patch => ({
  spec: { nodeName },
  status: { conditions: [{ type: 'Ready', status: 'False' }] },
});
const isDown: Patch = { status: { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago('2h') }] } };
const web = deployment('shop/web');
const webSet = replicaSet(web);

/** Node n1 is down and takes Deployment shop/web with it; pod bank/api is unready on its own; Service bank/api is old. */
const cluster: readonly KubeObject[] = [
  ...['shop', 'bank', 'empty'].map((name) => object('namespaces', name)),
  web,
  webSet,
  pod('shop/web-1', merge(ownedBy(webSet), unready('n1')) as Patch),
  pod('shop/web-2', merge(ownedBy(webSet), unready('n1')) as Patch),
  pod('shop/fine'),
  pod('bank/api', merge({ metadata: { labels: { app: 'api', tier: 'back' } } }, unready('n2')) as Patch),
  object('services', 'bank/api', { metadata: { annotations: { old: 'yes' } } }),
  node('n1', isDown),
  node('n2'),
];
const nodeDown = 'Node n1';
const api = 'Pod bank/api';
const old = 'Service bank/api';

function report(scope: ScopeRequest, options: SnapshotOptions = {}, objects = cluster) {
  return analyze(loadedOf(objects, options), { analyzers: [testAnalyzer], scope });
}

const roots = (scope: ScopeRequest) => report(scope).incidents.map((incident) => refText(incident.object));

test.each<[ScopeRequest, readonly string[]]>([
  [{}, [nodeDown, api, old]],
  [{ allNamespaces: true }, [nodeDown, api, old]],
  [{ namespaces: ['shop'] }, [nodeDown]],
  [{ namespaces: ['bank'] }, [api, old]],
  [{ namespaces: ['shop', 'bank'] }, [nodeDown, api, old]],
  [{ namespaces: ['empty'] }, []],
  [{ selector: 'app=api' }, [api]],
  [{ selector: 'app in (web,other)' }, [nodeDown]],
  [{ selector: 'app==web,pod-template-hash' }, [nodeDown]],
  [{ selector: 'tier!=back,app' }, [nodeDown]],
  [{ selector: '!tier,app=api' }, []],
  [{ namespaces: ['shop'], selector: 'app=api' }, []],
  [{ filters: ['test'] }, [nodeDown, api, old]],
  [{ filters: ['Node'] }, [nodeDown]],
  [{ filters: ['NO'] }, [nodeDown]],
  [{ filters: ['pods'] }, [nodeDown, api]],
  [{ filters: ['deploy'] }, [nodeDown]],
  [{ filters: ['svc', 'nodes'] }, [nodeDown, old]],
  [{ filters: ['configmaps'] }, []],
  [{ filters: ['pods'], namespaces: ['bank'] }, [api]],
  [{ targets: ['deployment/web'], namespaces: ['shop'] }, [nodeDown]],
  [{ targets: ['deploy', 'web'], namespaces: ['shop'] }, [nodeDown]],
  [{ targets: ['deployments.apps/web'], allNamespaces: true }, [nodeDown]],
  [{ targets: [`rs/${webSet.metadata.name}`], namespaces: ['shop'] }, [nodeDown]],
  [{ targets: ['pod/web-1'], namespaces: ['shop'] }, [nodeDown]],
  [{ targets: ['pod/fine'], namespaces: ['shop'] }, []],
  [{ targets: ['pod/api', 'svc/api'], namespaces: ['bank'] }, [api, old]],
  [{ targets: ['pod', 'api', 'web-1'], allNamespaces: true }, [nodeDown, api]],
  [{ targets: ['node/n1'] }, [nodeDown]],
  [{ targets: ['node/n2'] }, []],
  [{ targets: ['services'] }, [old]],
  [{ targets: ['pods,nodes'], namespaces: ['shop'] }, [nodeDown]],
])('%j shows %j', (scope, expected) => {
  expect(roots(scope)).toEqual(expected);
});

test('an incident that is shown is shown whole, and counted', () => {
  const { summary, problems, scope } = report({ namespaces: ['shop'] });
  expect(problems.map(({ code }) => code)).toEqual(['TestNodeDown', 'TestPodNotReady']);
  expect(summary).toEqual({
    incidents: { critical: 1, warning: 0, info: 0 },
    problems: { critical: 1, warning: 1, info: 0 },
    suppressed: { critical: 0, warning: 0, info: 0 },
  });
  expect(scope).toEqual({ namespaces: ['shop'], filters: [], targets: [] });
});

test.each<[ScopeRequest, string, string | undefined]>([
  [{ namespaces: ['shp'] }, 'there is no namespace "shp"', 'Did you mean "shop"?'],
  [{ namespaces: ['qqqqqq'] }, 'there is no namespace "qqqqqq"', 'Known namespaces: bank, empty, shop.'],
  [{ filters: ['Deploymnt'] }, 'there is no analyzer or kind "Deploymnt"', 'Did you mean "deployment"?'],
  [
    { targets: ['deployement/web'] },
    'there is no kind "deployement" among those that mekhanikube reads',
    'Did you mean "deployment"?',
  ],
  [
    { targets: ['deploy/wbe'], namespaces: ['shop'] },
    'there is no Deployment "wbe" in namespace "shop"',
    'Did you mean "web"?',
  ],
  [
    { targets: ['deploy/web'], namespaces: ['bank'] },
    'there is no Deployment "web" in namespace "bank"',
    'It is in namespace "shop": add -n shop.',
  ],
  [
    { targets: ['deploy/web'] },
    'there is no Deployment "web" in namespace "default"',
    'It is in namespace "shop": add -n shop.',
  ],
  [{ targets: ['node/n3'] }, 'there is no Node "n3"', undefined],
])('%j is refused: %s', (scope, message, hint) => {
  const error = thrownBy(() => report(scope));
  expect(error.message).toBe(message);
  expect(error.hint).toBe(hint);
});

test.each<[ScopeRequest, RegExp]>([
  [{ targets: ['deployment/'] }, /"deployment\/" is not a target/],
  [{ targets: [''] }, /"" is not a target/],
  [{ targets: ['pod/a', ' '] }, /" " is not a target/],
  [{ targets: [','] }, /"," is not a target/],
  [{ targets: ['a/b/c'] }, /"a\/b\/c" is not a target/],
  [{ targets: ['pod/a', 'web'] }, /"web" is not a target/],
  [{ selector: 'app=(' }, /"app=\(" in the label selector/],
  [{ selector: '' }, /"" in the label selector/],
  [{ selector: 'a,' }, /"" in the label selector/],
  [{ selector: 'app in web' }, /"app in web" in the label selector/],
  [{ namespaces: ['a'], allNamespaces: true }, /exclude each other/],
])('%j is refused before anything is read', (scope, message) => {
  expect(thrownBy(() => checkWords(scope, [testAnalyzer])).message).toMatch(message);
});

test.each<[ScopeRequest, SnapshotOptions, object]>([
  [
    { namespaces: ['shp'] },
    { missing: { namespaces: 'forbidden' } },
    { what: 'namespace', name: 'shp', reason: 'whether it exists could not be checked: forbidden' },
  ],
  [
    { targets: ['svc/aip'], namespaces: ['bank'] },
    { missing: { services: 'forbidden' } },
    {
      what: 'resource',
      name: 'services/aip',
      reason: 'whether it exists could not be checked: forbidden (did you mean api?)',
    },
  ],
])('%j cannot be checked where it cannot be seen', (scope, options, gap) => {
  const { gaps, complete } = report(scope, options);
  expect(gaps).toContainEqual(gap);
  expect(complete).toBe(false);
});

test('a namespace that holds objects exists, whatever may be listed', () => {
  const { gaps } = report({ namespaces: ['shop'] }, { missing: { namespaces: 'forbidden' } });
  expect(gaps.map(({ what }) => what)).toEqual(['resource']);
});

test('the context names the namespace of targets', () => {
  const loaded = loadedOf(cluster, { cluster: { name: 'c', namespace: 'shop' } });
  const { incidents } = analyze(loaded, { analyzers: [testAnalyzer], scope: { targets: ['deploy/web'] } });
  expect(incidents).toHaveLength(1);
});

test('targets of a recording are looked for everywhere', () => {
  const loaded = loadedOf(cluster, { source: 'recorded', cluster: { name: 'c' } });
  const { incidents } = analyze(loaded, { analyzers: [testAnalyzer], scope: { targets: ['deploy/web'] } });
  expect(incidents).toHaveLength(1);
});

test('a missing object may be a target when something is found about it', () => {
  const missing: Analyzer = {
    ...testAnalyzer,
    *analyze() {
      const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
      yield { code: 'TestPodNotReady', object: secret, message: 'does not exist', evidence: [] };
    },
  };
  const scope = { targets: ['secret/db'], namespaces: ['shop'] };
  expect(analyze(loadedOf(cluster), { analyzers: [missing], scope }).incidents).toHaveLength(1);
  const unlabelled = { selector: '!app' };
  expect(analyze(loadedOf(cluster), { analyzers: [missing], scope: unlabelled }).incidents).toHaveLength(0);
});

function thrownBy(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
