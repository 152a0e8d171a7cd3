/** Pending pods, nodes and what the engine makes of them together. */
import { expect, test } from 'vitest';
import nodes from '../../analyzers/nodes/index.ts';
import pods from '../../analyzers/pods/index.ts';
import { ago, deployment, node, ownedBy, type Patch, pendingPod, pod, replicaSet } from '../support/objects.ts';
import { diagnose, story } from '../support/snapshot.ts';

const web = deployment('web');
const set = replicaSet(web);
const waiting = (name: string, patch: Patch = {}) => pendingPod(name, { ...ownedBy(set), ...patch });
const silent = (name: string) =>
  node(name, {
    spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: ago('20m') }] },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: ago('20m'),
        },
      ],
    },
  });
const asks = (cpu: string) => ({ containers: [{ name: 'app', image: 'a', resources: { requests: { cpu } } }] });

test('the node that fell silent is the root, not the pod that could run there', () => {
  const full = pod('busy', { spec: { nodeName: 'n2', ...asks('4') } });
  const told = story(
    diagnose([nodes, pods], [web, set, silent('n1'), node('n2'), full, waiting('web-1', { spec: asks('1') })]),
  );
  expect(told).toEqual([
    'critical NodeUnreachable Node n1',
    '  critical PodUnschedulable Deployment shop/web',
    'info NodeFull Node n2',
  ]);
});

test('three silent nodes are one root of all that waits', () => {
  const told = story(
    diagnose([nodes, pods], [web, set, silent('n1'), silent('n2'), silent('n3'), waiting('web-1'), waiting('web-2')]),
  );
  expect(told).toEqual(['critical NodeUnreachable Node n1', '  critical PodUnschedulable Deployment shop/web']);
});

test('a cordoned node is the root where it is the only thing in the way', () => {
  const closed = node('n1', {
    spec: {
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago('1h') }],
    },
  });
  const told = story(diagnose([nodes, pods], [web, set, closed, waiting('web-1')]));
  expect(told).toEqual(['critical NodeCordoned Node n1', '  critical PodUnschedulable Deployment shop/web']);
});

test('a full cluster has no other root than the pods that do not fit', () => {
  const full = pod('busy', { spec: asks('4') });
  const told = story(diagnose([nodes, pods], [web, set, node('n1'), full, waiting('web-1', { spec: asks('1') })]));
  expect(told).toEqual(['critical PodUnschedulable Deployment shop/web', 'info NodeFull Node n1']);
});
