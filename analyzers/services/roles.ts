import {
  type BackendReads,
  controllerOf,
  matchesLabels,
  type Service,
  type Snapshot,
  workloadsIn,
} from '../../src/kit.ts';

/** Labels that Kubernetes itself gives each pod: no operator's word about a role. */
const ownLabels =
  /^(?:pod-template-hash|controller-revision-hash|pod-template-generation|(?:statefulset|apps|batch)\.kubernetes\.io\/.+|(?:controller-uid|job-name))$/;

/** What a role is called that one of the pods should always have: that none has it is a fault. */
const leading = /^(?:master|primary|leader|active|writer|true)$/i;

/**
 * Whether a selector asks for a lesser role that no pod has now: all else matches a pod, and the label that differs is on the pod but
 * not in the template of its controller, so that somebody writes it while the pod runs (Patroni's `role: replica`, Vault's
 * `vault-active: "false"`).
 */
export function asksForRole(snapshot: Snapshot<BackendReads>, service: Service): boolean {
  const selector = service.spec.selector ?? {};
  const { namespace } = service.metadata;
  return snapshot.list('pods', namespace).items.some((pod) => {
    const labels = pod.metadata.labels ?? {};
    const differing = Object.keys(selector).filter((key) => labels[key] !== selector[key]);
    if (differing.length === 0 || differing.length === Object.keys(selector).length) return false;
    if (differing.some((key) => leading.test(selector[key] ?? ''))) return false;
    if (controllerOf(pod) === undefined || !differing.every((key) => key in labels && !ownLabels.test(key)))
      return false;
    const templates = workloadsIn(snapshot, namespace).filter(
      (one) => Object.keys(one.labels).length > 0 && matchesLabels(one.labels, labels),
    );
    return templates.length > 0 && templates.every((one) => differing.every((key) => !(key in one.labels)));
  });
}

/** What the control plane's own pods are labelled with where it runs in pods (kubeadm, kube-prometheus-stack's Services). */
const components = new Set(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']);

/** Whether a selector asks for a part of Kubernetes, which need not run in pods: managed control planes, k3s, RKE2, proxies by eBPF. */
export function asksForControlPlane({ metadata, spec }: Service): boolean {
  const values = Object.values(spec.selector ?? {}).filter((one) => one !== 'control-plane');
  return metadata.namespace === 'kube-system' && values.length > 0 && values.every((one) => components.has(one));
}
