import {
  type BackendReads,
  backendsOf,
  computed,
  controllerOf,
  type Draft,
  field,
  ref,
  refText,
  selectorText,
  type Service,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { backendLinks } from './links.ts';
import { nearestLabels } from './nearest-labels.ts';
import { type Referrer, type ReferrerReads, referrersOf } from './referrers.ts';
import { asksForControlPlane, missingRole } from './roles.ts';

type Snap = Snapshot<BackendReads | ReferrerReads | 'nodes'>;

/** A selector that matches neither a pod nor the template of a controller, with the labels that come nearest. */
export function noMatchingPods(snapshot: Snap, service: Service): Draft<Code> {
  const referrers = referrersOf(snapshot, service);
  const near = nearestLabels(snapshot, service);
  const text = selectorText({ matchLabels: service.spec.selector ?? {} });
  const role = missingRole(snapshot, service);
  const { name } = service.metadata;
  return {
    code: 'ServiceNoMatchingPods',
    object: ref(service),
    severity: severityOf(snapshot, service, referrers, near !== undefined),
    message:
      role === undefined
        ? `no pod in the namespace matches its selector ${text}${near === undefined ? '' : `; ${near}`}`
        : `no pod has the role that its selector asks for, ${role.text}, which is given while pods run${near === undefined ? '' : `; ${near}`}`,
    evidence: [
      field(service, 'spec.selector', service.spec.selector ?? {}),
      computed(service, near ?? 'no pod and no controller of the namespace has labels that come near'),
      ...referrers.slice(0, 3).map(({ object, path }) => field(object, path, service.metadata.name)),
    ],
    // Pods that are not well are given no role.
    ...(role === undefined
      ? {}
      : {
          causes: role.workloads.map((object) => ({
            object,
            needs: 'ready' as const,
            via: { field: 'spec.selector', value: role.text },
            certainty: 'likely' as const,
          })),
        }),
    values: { selector: text, ...(role === undefined ? { edited: name } : { role: role.text }) },
  };
}

/**
 * Operators make Services for roles that no pod need have (the replicas of a database of one), and a virtual machine of KubeVirt has
 * a pod while it runs only: those matter where they are used. So do those whose controller, scaled to zero, may not have been seen,
 * those for parts of Kubernetes that are no pods here, and those without an address that are nobody's and resemble nothing: leftovers.
 */
function severityOf(snapshot: Snap, service: Service, referrers: readonly Referrer[], isNear: boolean): Severity {
  if (referrers.length > 0) return 'critical';
  if (!isNear && !backendsOf(snapshot, service).workloadsSeen) return 'info';
  const resolves = resolverSeverity(snapshot, service);
  if (resolves !== undefined) return resolves;
  if (!isNear && isLeftover(snapshot, service)) return 'info';
  if (asksForControlPlane(service) || missingRole(snapshot, service)?.isLeading === false) return 'info';
  const machine = Object.keys(service.spec.selector ?? {}).some((key) => /(^|\.)kubevirt\.io\//.test(key));
  return machine || controllerOf(service) !== undefined ? 'info' : 'warning';
}

/** Headless, and no StatefulSet takes its pods' names from it. */
function isLeftover(snapshot: Snap, { metadata, spec }: Service): boolean {
  const governed = snapshot.list('statefulsets.apps', metadata.namespace).items;
  return spec.clusterIP === 'None' && !governed.some((one) => one.spec.serviceName === metadata.name);
}

/** A Service whose controllers are scaled to zero: as somebody wanted, but worth knowing where requests fail. */
export function* noneWanted(snapshot: Snap, service: Service): Generator<Draft<Code>> {
  const backends = backendsOf(snapshot, service);
  // Pods of Jobs and CronJobs come and go: between their runs there is nothing to say.
  const first = backends.workloads.find(({ object }) => object.kind !== 'Job' && object.kind !== 'CronJob');
  if (first === undefined) return;
  const name = refText(ref(first.object));
  const resolves = resolverSeverity(snapshot, service);
  const effect = resolves === undefined ? '' : ', so no name is resolved in the cluster';
  yield {
    code: 'ServiceNoMatchingPods',
    object: ref(service),
    severity: resolves ?? 'info',
    message: `it has no pods, for ${name}, which it selects, ${first.idle ?? 'has none'}${effect}`,
    evidence: [
      field(service, 'spec.selector', service.spec.selector ?? {}),
      computed(first.object, `${name} ${first.idle ?? 'has no pods'}`),
    ],
    causes: backendLinks(backends),
    values: { selector: selectorText({ matchLabels: service.spec.selector ?? {} }) },
  };
}

/** Nobody wants a cluster without DNS; GKE can do without kube-dns, by Cloud DNS. Undefined for a Service that is not the cluster's DNS. */
function resolverSeverity(snapshot: Snap, { metadata, spec }: Service): Severity | undefined {
  const named = metadata.name === 'kube-dns' || metadata.labels?.['k8s-app'] === 'kube-dns';
  const asked = (spec.ports ?? []).some(({ port }) => port === 53);
  if (metadata.namespace !== 'kube-system' || !named || !asked || spec.clusterIP === 'None') return undefined;
  const google = snapshot.list('nodes').items.some((node) => node.spec.providerID?.startsWith('gce:') === true);
  return google ? 'warning' : 'critical';
}
