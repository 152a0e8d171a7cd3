import { type CauseLink, controllerOf, field, isActive, once, type Pod, ref, taintText } from '../../src/kit.ts';
import { isLeaving, isNew, lasting, type NodeCase, type NodeDraft, nodeDraft, type NodeSnapshot } from './node-case.ts';

const cloudKey = 'node.cloudprovider.kubernetes.io/uninitialized';
const karpenterKey = 'karpenter.sh/unregistered';
const agentEnd = '/agent-not-ready';

/** Taints that a node is born with and that whoever sets it up takes away. */
export function* setUp(one: NodeCase): Iterable<NodeDraft> {
  const { node, settings } = one;
  if (isNew(one, settings.setUpGrace) || isLeaving(one)) return;
  for (const taint of node.spec.taints ?? []) {
    const who = whoSetsUp(taint.key);
    if (who === undefined) continue;
    const since = taint.timeAdded ?? node.metadata.creationTimestamp;
    yield nodeDraft(one, 'NodeUninitialized', {
      key: taint.key,
      message: `waits${lasting(one, since)} for ${who} to set it up`,
      shared: `wait for ${who} to set them up`,
      evidence: [field(node, 'spec.taints', taintText(taint))],
      causes: setUpLinks(one, taint.key),
      since,
      values: { taint: taintText(taint) },
    });
  }
}

function whoSetsUp(key: string): string | undefined {
  if (key === cloudKey) return 'the cloud controller manager';
  if (key === karpenterKey) return 'Karpenter';
  return key.endsWith(agentEnd) ? `the agent of ${key.slice(0, -agentEnd.length)}` : undefined;
}

/** The pods that are to take a taint away: by their names, for nothing else tells. */
function setUpLinks({ node, snapshot }: NodeCase, key: string): readonly CauseLink[] {
  const { name } = node.metadata;
  const pods =
    key === cloudKey
      ? controllers(snapshot)
      : key.endsWith(agentEnd)
        ? daemons(snapshot).filter((pod) => pod.spec.nodeName === name && isAgent(pod, key.slice(0, -agentEnd.length)))
        : [];
  return pods.map((pod) => ({
    object: ref(pod),
    needs: 'run',
    via: { field: 'spec.taints', value: key },
    certainty: 'likely',
  }));
}

const controllers = once((snapshot: NodeSnapshot) =>
  snapshot
    .list('pods')
    .items.filter(
      (pod) =>
        isActive(pod) &&
        [pod.metadata.name, ...pod.spec.containers.map(({ name }) => name)].some((text) =>
          text.includes('cloud-controller-manager'),
        ),
    ),
);

const daemons = once((snapshot: NodeSnapshot) =>
  snapshot.list('pods').items.filter((pod) => controllerOf(pod)?.kind === 'DaemonSet'),
);

/** Whether a DaemonSet is named after a domain: `ebs-csi-node` after `ebs.csi.aws.com`, `cilium` after `node.cilium.io`. */
function isAgent(pod: Pod, domain: string): boolean {
  const own = domain.split('.').find((part) => part !== 'node' && part !== 'csi');
  const names = [
    controllerOf(pod)?.name ?? '',
    ...(pod.spec.volumes ?? []).map(({ hostPath }) => hostPath?.path ?? ''),
  ];
  return own !== undefined && names.some((text) => text.split(/[-/]/).some((part) => part === own || part === domain));
}
