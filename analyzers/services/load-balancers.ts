import {
  age,
  type BackendReads,
  computed,
  condition,
  type Draft,
  duration,
  eventEvidence,
  eventsOf,
  field,
  olderThan,
  ref,
  refText,
  type Service,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { controllerLinks, loadBalancerControllers } from './load-balancer-controllers.ts';

type Snap = Snapshot<BackendReads | 'services' | 'events' | 'nodes'>;

const failures = new Set([
  'AllocationFailed',
  'SyncLoadBalancerFailed',
  'CreatingLoadBalancerFailed',
  'UnAvailableLoadBalancer',
  'FailedBuildModel',
  'FailedDeployModel',
]);

/** Services of type LoadBalancer that wait for an address, with the reason that their controller gives. */
export function* loadBalancers(snapshot: Snap, patience: number): Generator<Draft<Code>> {
  for (const service of snapshot.list('services').items) {
    const { metadata, spec, status } = service;
    if (spec.type !== 'LoadBalancer' || metadata.deletionTimestamp !== undefined) continue;
    if ((status?.loadBalancer?.ingress ?? []).length > 0 || (spec.externalIPs ?? []).length > 0) continue;
    if (!olderThan(snapshot, metadata.creationTimestamp, patience) || turnedLately(snapshot, service, patience))
      continue;
    yield pending(snapshot, service);
  }
}

/** The service controller writes the event `Type` when a Service becomes a load balancer. */
function turnedLately(snapshot: Snap, service: Service, patience: number): boolean {
  return eventsOf(snapshot, ref(service), service.metadata.uid).some(
    ({ reason, message, last }) =>
      reason === 'Type' && message.endsWith('-> LoadBalancer') && !olderThan(snapshot, last, patience),
  );
}

function pending(snapshot: Snap, service: Service): Draft<Code> {
  const object = ref(service);
  const event = eventsOf(snapshot, object, service.metadata.uid).find(({ reason }) => failures.has(reason));
  const cilium = condition(service, 'cilium.io/IPAMRequestSatisfied');
  const holder = holderOf(snapshot, service);
  const { controllers, noneSeen } = loadBalancerControllers(snapshot, service);
  const waited = duration(age(snapshot, service.metadata.creationTimestamp) ?? 0);
  const reason =
    event?.message ??
    (cilium?.status === 'False' ? (cilium.message ?? cilium.reason) : undefined) ??
    (holder === undefined ? undefined : `${holder.address} is held by ${refText(holder.by)}`) ??
    (noneSeen ? 'no load balancer controller runs in the cluster' : undefined);
  return {
    code: 'ServiceLoadBalancerPending',
    object,
    message: `it has waited ${waited} for a load balancer address${reason === undefined ? '' : `: ${brief(reason)}`}`,
    evidence: [
      field(service, 'spec.type', 'LoadBalancer'),
      field(service, 'status.loadBalancer', service.status?.loadBalancer ?? {}),
      ...(event === undefined ? [] : [eventEvidence(service, event)]),
      ...(cilium === undefined ? [] : [field(service, `status.conditions[type=${cilium.type}]`, cilium.message ?? '')]),
      ...(holder === undefined ? [] : [field(holder.by, 'status.loadBalancer.ingress[].ip', holder.address)]),
      ...(noneSeen ? [computed(service, 'no workload of a known load balancer controller was found')] : []),
    ],
    causes: controllerLinks(
      controllers,
      'spec.loadBalancerClass',
      service.spec.loadBalancerClass ?? 'type LoadBalancer',
    ),
    ...(service.metadata.creationTimestamp === undefined ? {} : { since: service.metadata.creationTimestamp }),
  };
}

const askedBy = [
  'metallb.io/loadBalancerIPs',
  'metallb.universe.tf/loadBalancerIPs',
  'kube-vip.io/loadbalancerIPs',
  'lbipam.cilium.io/ips',
  'io.cilium/lb-ipam-ips',
];

/** Another Service that has the very address this one asks for. */
function holderOf(snapshot: Snap, service: Service) {
  const annotated = askedBy.flatMap((name) => service.metadata.annotations?.[name]?.split(',') ?? []);
  const asked = [service.spec.loadBalancerIP, ...annotated].flatMap((text) => text?.trim() || []);
  if (asked.length === 0) return undefined;
  for (const other of snapshot.list('services').items) {
    for (const { ip } of other.status?.loadBalancer?.ingress ?? []) {
      if (ip !== undefined && other !== service && asked.includes(ip)) return { by: ref(other), address: ip };
    }
  }
  return undefined;
}
