import { type CauseLink, controllerOf, once, type Pod, type PodSpec, ref } from '../../src/kit.ts';
import type { NodeCase, NodeSnapshot } from './node-case.ts';

/**
 * Links from a node without a pod network to what should set it up: the pods there that install a CNI plugin and have trouble of their
 * own, or, where there is no such pod, the DaemonSets that should have put one there. A pod installs one where it mounts the host's
 * CNI folders. That it is not ready says nothing: the node controller marks every pod of such a node so.
 */
export function networkAgentLinks({ snapshot, node }: NodeCase, field: string): readonly CauseLink[] {
  const { name } = node.metadata;
  const agents = agentPods(snapshot).filter((pod) => pod.spec.nodeName === name);
  const blamed =
    agents.length === 0 ? agentSets(snapshot) : agents.filter(hasTrouble).map((pod): CauseLink['object'] => ref(pod));
  return blamed.map((object) => ({
    object,
    needs: 'run',
    via: { field, value: 'network not ready' },
    certainty: 'likely',
  }));
}

function hasTrouble({ status }: Pod): boolean {
  const waits = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) => {
    const reason = state?.waiting?.reason;
    return reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing';
  });
  return waits || (status?.containerStatuses ?? []).some(({ state }) => state?.terminated !== undefined);
}

const agentPods = once((snapshot: NodeSnapshot): readonly Pod[] =>
  snapshot.list('pods').items.filter((pod) => controllerOf(pod)?.kind === 'DaemonSet' && installsNetwork(pod.spec)),
);

const agentSets = once((snapshot: NodeSnapshot) =>
  snapshot
    .list('daemonsets.apps')
    .items.filter(({ spec }) => spec.template.spec !== undefined && installsNetwork(spec.template.spec))
    .map((set) => ref(set)),
);

function installsNetwork({ volumes = [] }: Pick<PodSpec, 'volumes'>): boolean {
  return volumes.some(({ hostPath }) => /^\/(etc|opt)\/cni(\/|$)/.test(hostPath?.path ?? ''));
}
