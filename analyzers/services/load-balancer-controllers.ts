import { type CauseLink, once, type ObjectRef, ref, type Service, type Snapshot } from '../../src/kit.ts';

type Reads = 'deployments.apps' | 'daemonsets.apps' | 'nodes';

/** Images and names of controllers that give addresses to Services. */
const known =
  /metallb|kube-vip|klipper-lb|svclb|cilium-operator|cloud-controller-manager|aws-load-balancer-controller|openelb|purelb|loxilb|porter-lb/;

/** A provider id says that the node belongs to a cloud, which may run its controller where the cluster does not show it; kind has none. */
const ofCloud = /^(?!kind:)./;

/**
 * The workloads that could give a Service its address. k3s runs one DaemonSet per Service, named by a label.
 * @returns `noneSeen` only where that is proven: all workloads were read, and no node belongs to a cloud, whose controller may run
 * outside the cluster.
 */
export function loadBalancerControllers(
  snapshot: Snapshot<Reads>,
  service: Service,
): { readonly controllers: readonly ObjectRef[]; readonly noneSeen: boolean } {
  const { general, ofServices, noneSeen } = all(snapshot);
  const own = ofServices.get(`${service.metadata.namespace ?? ''}/${service.metadata.name}`) ?? [];
  return { controllers: [...own, ...general], noneSeen: noneSeen && own.length === 0 };
}

/** Links to those whose readiness a Service waits for. */
export function controllerLinks(controllers: readonly ObjectRef[], path: string, value: string): readonly CauseLink[] {
  return controllers.map((object) => ({ object, needs: 'ready', via: { field: path, value }, certainty: 'likely' }));
}

const all = once((snapshot: Snapshot<Reads>) => {
  const general: ObjectRef[] = [];
  const ofServices = new Map<string, ObjectRef[]>();
  for (const resource of ['deployments.apps', 'daemonsets.apps'] as const) {
    for (const workload of snapshot.list(resource).items) {
      const labels = workload.metadata.labels ?? {};
      const name = labels['svccontroller.k3s.cattle.io/svcname'];
      const namespace = labels['svccontroller.k3s.cattle.io/svcnamespace'] ?? 'kube-system';
      if (name !== undefined) {
        ofServices.set(`${namespace}/${name}`, [ref(workload)]);
        continue;
      }
      const images = workload.spec.template?.spec?.containers?.map(({ image }) => image ?? '') ?? [];
      if ([workload.metadata.name, ...images].some((text) => known.test(text))) general.push(ref(workload));
    }
  }
  const nodes = snapshot.list('nodes');
  const servedOutside = nodes.items.some(
    ({ spec, status }) =>
      ofCloud.test(spec.providerID ?? '') || /\+(k3s|rke2)/.test(status?.nodeInfo?.kubeletVersion ?? ''),
  );
  const seen =
    nodes.complete && snapshot.list('deployments.apps').complete && snapshot.list('daemonsets.apps').complete;
  return { general, ofServices, noneSeen: seen && !servedOutside && general.length === 0 && ofServices.size === 0 };
});
