import { describe, expect, test } from 'vitest';
import deployments from '../../analyzers/deployments/index.ts';
import pods from '../../analyzers/pods/index.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ago, deployment, merge, ownedBy, type Patch, pod, replicaSet } from '../support/objects.ts';
import { drafts, found, snapshotOf } from '../support/snapshot.ts';

const starting: Patch = {
  metadata: { creationTimestamp: ago('5s') },
  status: { startTime: ago('5s'), conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago('5s') }] },
};
const refused = (since: string): Patch => ({
  metadata: { creationTimestamp: ago(since) },
  spec: { nodeName: 'n1' },
  status: { phase: 'Failed', reason: 'OutOfcpu', message: 'Node did not have enough resource: cpu', conditions: [] },
});

/** A Deployment without an available replica for 20 minutes, with its pods. */
function web(made: readonly Patch[], template: Patch = {}): readonly KubeObject[] {
  const conditions = [
    { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: ago('20m') },
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastTransitionTime: ago('9d') },
  ];
  const status = { replicas: 1, updatedReplicas: 1, readyReplicas: 0, availableReplicas: 0, conditions };
  const one = deployment('shop/web', { spec: { replicas: 1, template: { spec: template } }, status });
  const set = replicaSet(one, undefined, {
    spec: { replicas: 1, template: { spec: template } },
    status: { readyReplicas: 0 },
  });
  return [one, set, ...made.map((patch, index) => pod(`shop/web-${index}`, merge(ownedBy(set), patch) as Patch))];
}

describe('a Deployment whose pods are refused again and again', () => {
  const unavailable = ['critical DeploymentUnavailable Deployment shop/web'];
  test.each<[string, readonly Patch[], readonly string[]]>([
    ['the youth of the newest is no hope', [starting, refused('2m'), refused('4m'), refused('9m')], unavailable],
    ['two that failed may be chance', [starting, refused('2m'), refused('4m')], []],
    ['those that failed before are history', [starting, refused('2h'), refused('3h'), refused('4h')], []],
  ])('%s', (_, made, wanted) => {
    expect(found(deployments, web(made))).toEqual(wanted);
  });

  test.each([
    [{ nodeName: 'n1' }, true],
    [{}, false],
  ])('%j in its template', (template, told) => {
    const [draft] = drafts(pods, snapshotOf(web([refused('2m')], template)));
    expect(
      draft?.message.endsWith('its template names the node (spec.nodeName), so no scheduler looks for another'),
    ).toBe(told);
  });
});
