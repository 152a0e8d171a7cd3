import { describe, expect, test } from 'vitest';
import deployments from '../../analyzers/deployments/index.ts';
import workloads from '../../analyzers/workloads/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { Resource } from '../../src/model/resources.ts';
import {
  ago,
  deployment,
  merge,
  node,
  object,
  ownedBy,
  type Patch,
  pod,
  replicaSet,
  template,
} from '../support/objects.ts';
import { found, links } from '../support/snapshot.ts';

const missing = (...resources: Resource[]) => ({
  missing: Object.fromEntries(resources.map((resource) => [resource, 'the recording is taken as partial'])),
});
const unready = (since: string): Patch => ({
  metadata: { creationTimestamp: ago(since) },
  status: { startTime: ago(since), conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(since) }] },
});
const lost = (since: string) => ({
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  lastTransitionTime: ago(since),
});
const done = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastTransitionTime: ago('20d') };

/** A Deployment of four replicas of which one is available, with its pods; those of a ReplicaSet have its hash as a label. */
function web(since: string, pods: Patch[], withSet = true): KubeObject[] {
  const one = deployment('shop/web', {
    spec: { replicas: 4 },
    status: {
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: [lost(since), done],
    },
  });
  const set = replicaSet(one);
  const hash = { metadata: { labels: { 'pod-template-hash': set.metadata.name.slice('web-'.length) } } };
  const made = pods.map((patch, index) =>
    pod(`shop/${set.metadata.name}-${index}`, merge(merge(ownedBy(set), hash), patch) as Patch),
  );
  return [one, ...(withSet ? [set] : []), ...made];
}

const starting = [{}, unready('20s'), unready('20s'), unready('20s')];
const old = [{}, unready('2h'), unready('2h'), unready('2h')];

describe('a Deployment whose pods are known in part', () => {
  test.each<[string, KubeObject[], Resource[]]>([
    ['those seen are starting', web('2h', starting), ['pods']],
    ['they lead to it without their ReplicaSet', web('2h', starting, false), ['replicasets.apps']],
    ['none is seen, and it lost them a moment ago', web('25s', []), ['pods']],
  ])('quiet: %s', (_, objects, unseen) => {
    expect(found(deployments, objects, missing(...unseen))).toEqual([]);
  });

  test.each<[string, KubeObject[], Resource[]]>([
    ['those seen are old', web('2h', old), ['pods']],
    ['they are old, without their ReplicaSet', web('2h', old, false), ['replicasets.apps']],
    ['too few are seen starting', web('2h', starting.slice(0, 2)), ['pods']],
    ['none is seen, and it lost them long ago', web('2h', []), ['pods']],
  ])('loud: %s', (_, objects, unseen) => {
    expect(found(deployments, objects, missing(...unseen))).toEqual([
      'critical DeploymentUnavailable Deployment shop/web',
    ]);
  });

  test('what refuses its pods is linked by its own condition', () => {
    const refused = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota: q' };
    const one = (conditions: Patch[]) =>
      deployment('shop/web', { status: { replicas: 0, readyReplicas: 0, availableReplicas: 0, conditions } });
    const unseen = missing('replicasets.apps', 'pods');
    expect(links(deployments, [one([lost('2h'), done, refused])], unseen)).toEqual([
      'DeploymentUnavailable -> ready Deployment shop/web (status.conditions[type=ReplicaFailure])',
    ]);
    expect(links(deployments, [one([lost('2h'), done])], unseen)).toEqual([]);
  });
});

const db = (patch: Patch, pods: Patch[]): KubeObject[] => {
  const healthy = {
    metadata: { generation: 1, creationTimestamp: ago('20d') },
    spec: { replicas: 3, selector: { matchLabels: { app: 'db' } }, template: template('db') },
    status: { observedGeneration: 1, replicas: 3, readyReplicas: 1, currentRevision: 'a', updateRevision: 'a' },
  };
  const set = object('statefulsets.apps', 'shop/db', merge(healthy, patch) as Patch);
  return [set, ...pods.map((one, index) => pod(`shop/db-${index}`, merge(ownedBy(set), one) as Patch))];
};
const parallel: Patch = { spec: { podManagementPolicy: 'Parallel' } };

describe('a StatefulSet whose pods are known in part', () => {
  test.each<[string, KubeObject[]]>([
    ['one starts, and the next comes after it', db({}, [{}, unready('20s')])],
    ['all that are missing start', db(parallel, [{}, unready('20s'), unready('20s')])],
    ['it is young', db({ metadata: { creationTimestamp: ago('4m') } }, [])],
  ])('quiet: %s', (_, objects) => {
    expect(found(workloads, objects, missing('pods'))).toEqual([]);
  });

  test.each<[string, KubeObject[]]>([
    ['one is old', db({}, [{}, unready('2h')])],
    ['one starts, and nothing is seen of the other', db(parallel, [{}, unready('20s')])],
    ['nothing is seen', db({}, [])],
    ['it is young, and a pod of it fails', db({ metadata: { creationTimestamp: ago('4m') } }, [unready('20m')])],
  ])('loud: %s', (_, objects) => {
    expect(found(workloads, objects, missing('pods'))).toEqual(['warning StatefulSetDegraded StatefulSet shop/db']);
  });
});

describe('a DaemonSet whose pods are known in part', () => {
  const agent = (pods: Patch[]): KubeObject[] => {
    const set = object('daemonsets.apps', 'ops/agent', {
      metadata: { generation: 1, creationTimestamp: ago('20d') },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: template('agent') },
      status: { observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 1 },
    });
    return [set, node('n1'), ...pods.map((one, index) => pod(`ops/agent-${index}`, merge(ownedBy(set), one) as Patch))];
  };
  test('quiet: the one that is missing starts', () => {
    expect(found(workloads, agent([unready('20s')]), missing('pods'))).toEqual([]);
  });
  test.each([[[unready('2h')]], [[]]])('loud: %j', (pods) => {
    expect(found(workloads, agent(pods), missing('pods'))).toEqual(['warning DaemonSetDegraded DaemonSet ops/agent']);
  });
});

describe('without a single pod', () => {
  const account = { spec: { template: { spec: { serviceAccountName: 'runner', priorityClassName: 'high' } } } };
  const job = object(
    'jobs.batch',
    'shop/load',
    merge({ spec: { template: template('load') }, status: {} }, account) as Patch,
  );
  test('what its pods are not admitted without may be the cause', () => {
    expect(links(workloads, [job]).filter((link) => link.includes('admit'))).toEqual([
      'JobStuck -> admit PriorityClass high (spec.template.spec.priorityClassName)',
      'JobStuck -> admit ServiceAccount shop/runner (spec.template.spec.serviceAccountName)',
    ]);
    const zero = { status: { replicas: 0, readyReplicas: 0, availableReplicas: 0, conditions: [lost('2h'), done] } };
    const one = deployment('shop/web', merge(zero, account) as Patch);
    expect(links(deployments, [one, replicaSet(one)]).filter((link) => link.includes('admit'))).toHaveLength(2);
    expect(links(deployments, web('2h', old)).filter((link) => link.includes('admit'))).toEqual([]);
  });

  test('the account that every namespace has is none', () => {
    const bare = object('jobs.batch', 'shop/load', { spec: { template: template('load') }, status: {} });
    expect(links(workloads, [bare]).filter((link) => link.includes('admit'))).toEqual([]);
  });
});
