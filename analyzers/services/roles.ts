import {
  type BackendReads,
  controllerOf,
  matchesLabels,
  type ObjectRef,
  ref,
  type Service,
  type Snapshot,
  workloadsIn,
} from '../../src/kit.ts';

/** Labels that Kubernetes itself gives each pod: no operator's word about a role. */
const ownLabels =
  /^(?:pod-template-hash|controller-revision-hash|pod-template-generation|(?:statefulset|apps|batch)\.kubernetes\.io\/.+|(?:controller-uid|job-name))$/;

/** What a role is called that one of the pods should always have: that none has it is a fault. */
const leading = /^(?:master|primary|leader|active|writer|true)$/i;

/** A role that a selector asks for and no pod has now. */
export interface MissingRole {
  /** `spilo-role=master`. */
  readonly text: string;
  /** Whether one pod should always have it. */
  readonly isLeading: boolean;
  /** The controllers of the pods that might have it. */
  readonly workloads: readonly ObjectRef[];
}

/**
 * The role that a selector asks for and no pod has: all else matches a pod, and the label that differs is on the pod but not in the
 * template of its controller, so that somebody writes it while the pod runs (Patroni's `role: replica`, Vault's `vault-active`).
 */
export function missingRole(snapshot: Snapshot<BackendReads>, service: Service): MissingRole | undefined {
  const selector = service.spec.selector ?? {};
  const { namespace } = service.metadata;
  for (const pod of snapshot.list('pods', namespace).items) {
    const labels = pod.metadata.labels ?? {};
    const differing = Object.keys(selector).filter((key) => labels[key] !== selector[key]);
    if (differing.length === 0 || differing.length === Object.keys(selector).length) continue;
    if (controllerOf(pod) === undefined || !differing.every((key) => key in labels && !ownLabels.test(key))) continue;
    const templates = workloadsIn(snapshot, namespace).filter(
      (one) => Object.keys(one.labels).length > 0 && matchesLabels(one.labels, labels),
    );
    if (templates.length === 0 || templates.some((one) => differing.some((key) => key in one.labels))) continue;
    return {
      text: differing.map((key) => `${key}=${selector[key]}`).join(','),
      isLeading: differing.some((key) => leading.test(selector[key] ?? '')),
      workloads: templates.map(({ object }) => ref(object)),
    };
  }
  return undefined;
}

/** What the control plane's own pods are labelled with where it runs in pods (kubeadm, kube-prometheus-stack's Services). */
const components = new Set(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']);

/** Whether a selector asks for a part of Kubernetes, which need not run in pods: managed control planes, k3s, RKE2, proxies by eBPF. */
export function asksForControlPlane({ metadata, spec }: Service): boolean {
  const values = Object.values(spec.selector ?? {}).filter((one) => one !== 'control-plane');
  return metadata.namespace === 'kube-system' && values.length > 0 && values.every((one) => components.has(one));
}
