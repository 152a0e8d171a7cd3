import { expect, test } from 'vitest';
import { runAnalyzers } from '../../src/engine/run.ts';
import { defineAnalyzer, field, ref } from '../../src/kit.ts';
import { refText } from '../../src/model/object.ts';
import { topOf } from '../../src/graph/owners.ts';
import { deployment, merge, object, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';

const crash = defineAnalyzer({
  id: 'test',
  title: 'Test',
  reads: ['pods'],
  kinds: ['Pod'],
  codes: { PodCrashLoop: { severity: 'critical', title: 'Crash', breaks: ['ready'] } },
  settings: { limit: { default: 3, unit: 'count', title: 'Limit' } },
  runbook: '',
  *analyze(snapshot, settings) {
    for (const one of snapshot.list('pods').items) {
      if (one.metadata.name === 'bad') throw new Error('broken');
      yield {
        code: 'PodCrashLoop',
        object: ref(one),
        key: 'app',
        message: `restarted ${settings.limit} times`,
        evidence: [field(one, 'spec.x', one.metadata.name)],
        since: one.metadata.creationTimestamp ?? '',
      };
    }
  },
});

function replicas(hash: string, names: readonly string[]) {
  const web = deployment('shop/web');
  const rs = replicaSet(web, hash);
  return [web, rs, ...names.map((name) => pod(name, ownedBy(rs)))];
}

test('findings of one code and key on the pods of a Deployment become one, with the pods as members', () => {
  const { findings } = runAnalyzers(snapshotOf(replicas('aaa', ['shop/web-1', 'shop/web-2', 'shop/web-3'])), [crash]);
  expect(findings).toHaveLength(1);
  expect(refText(findings[0]!.object)).toBe('Deployment shop/web');
  expect(findings[0]!.members.map(refText)).toEqual(['Pod shop/web-1', 'Pod shop/web-2', 'Pod shop/web-3']);
});

test('an id does not change with the hash of the pods', () => {
  const ids = ['aaa', 'bbb'].map(
    (hash) => runAnalyzers(snapshotOf(replicas(hash, [`shop/web-${hash}`])), [crash]).findings[0]!.id,
  );
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
});

test('a pod without a controller, or of a deleted one, stays itself', () => {
  const orphan = pod('shop/b', {
    metadata: {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone', uid: 'x', controller: true }],
    },
  });
  const { findings } = runAnalyzers(snapshotOf([pod('shop/a'), orphan]), [crash]);
  expect(findings.map((one) => [refText(one.object), one.members.map(refText)])).toEqual([
    ['Pod shop/a', []],
    ['Pod shop/b', []],
  ]);
});

test('a pod whose ReplicaSet could not be seen belongs to the Deployment that its labels name', () => {
  const web = deployment('shop/web');
  const one = pod('shop/web-1', ownedBy(replicaSet(web, 'abc')));
  const { findings } = runAnalyzers(snapshotOf([one], { missing: { 'replicasets.apps': 'forbidden' } }), [crash]);
  expect(refText(findings[0]!.object)).toBe('Deployment shop/web');
});

test('a pod of a custom controller is rolled up to it, though the snapshot cannot hold it', () => {
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'x', controller: true };
  const { findings } = runAnalyzers(snapshotOf([pod('shop/web-1', { metadata: { ownerReferences: [rollout] } })]), [
    crash,
  ]);
  expect(refText(findings[0]!.object)).toBe('Rollout shop/web');
});

const operator = { apiVersion: 'ceph.rook.io/v1', kind: 'CephCluster', name: 'rook', uid: 'c', controller: true };

test('what an operator owns stays itself, and what is below is rolled up to it', () => {
  const owned = { metadata: { ownerReferences: [operator] } };
  const mons = ['a', 'b'].map((id) => deployment(`rook/mon-${id}`, owned));
  const pods = mons.map((mon, index) => pod(`rook/mon-${index}-x`, ownedBy(replicaSet(mon, 'aaa'))));
  const sets = mons.map((mon) => replicaSet(mon, 'aaa'));
  const { findings } = runAnalyzers(snapshotOf([...mons, ...sets, ...pods]), [crash]);
  expect(findings.map((one) => refText(one.object))).toEqual(['Deployment rook/mon-a', 'Deployment rook/mon-b']);
});

test('a Service that a workload or an operator owns is named itself', () => {
  const web = deployment('shop/web', { metadata: { ownerReferences: [operator] } });
  const service = object('services', 'shop/web', merge({ spec: {} }, ownedBy(web)) as Patch);
  const snapshot = snapshotOf([web, service]);
  expect(refText(topOf(snapshot, service))).toBe('Service shop/web');
  expect(refText(topOf(snapshot, web))).toBe('Deployment shop/web');
});

test('a pod of a ReplicationController is rolled up to the DeploymentConfig that made that', () => {
  const config = {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    name: 'web',
    uid: 'd',
    controller: true,
  };
  const made = object('replicationcontrollers', 'shop/web-7', { metadata: { ownerReferences: [config] }, spec: {} });
  const { findings } = runAnalyzers(snapshotOf([made, pod('shop/web-7-x', ownedBy(made))]), [crash]);
  expect(refText(findings[0]!.object)).toBe('DeploymentConfig shop/web');
});

test('a static pod is not rolled up to its Node', () => {
  const mirror = pod('kube-system/etcd-n1', {
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n', controller: true }] },
  });
  expect(refText(runAnalyzers(snapshotOf([mirror]), [crash]).findings[0]!.object)).toBe('Pod kube-system/etcd-n1');
});

test('an analyzer that throws is a gap, and what it found before is kept', () => {
  const { findings, gaps } = runAnalyzers(snapshotOf([pod('shop/a'), pod('shop/bad'), pod('shop/c')]), [crash]);
  expect(findings.map((one) => refText(one.object))).toEqual(['Pod shop/a']);
  expect(gaps).toEqual([{ what: 'analyzer', name: 'test', reason: 'stopped by an internal error: Error: broken' }]);
});

test('settings given replace their defaults', () => {
  expect(runAnalyzers(snapshotOf([pod('shop/a')]), [crash]).findings[0]!.message).toBe('restarted 3 times');
  expect(runAnalyzers(snapshotOf([pod('shop/a')]), [crash], { test: { limit: 7 } }).findings[0]!.message).toBe(
    'restarted 7 times',
  );
});
