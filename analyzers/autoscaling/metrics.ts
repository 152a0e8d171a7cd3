import { type CauseLink, ref, type Snapshot } from '../../src/kit.ts';
import type { Autoscaler } from './autoscaler.ts';

/** The API group that serves a type of metric. Source: autoscaling/v2 MetricSourceType. */
const groups: Readonly<Record<string, string>> = {
  Resource: 'metrics.k8s.io',
  ContainerResource: 'metrics.k8s.io',
  Pods: 'custom.metrics.k8s.io',
  Object: 'custom.metrics.k8s.io',
  External: 'external.metrics.k8s.io',
};

/** Groups by the type of metric that fails: by the reason of the condition (FailedGetExternalMetric), or all where it does not say. */
function wantedGroups({ spec }: Autoscaler, reason: string): ReadonlySet<string> {
  const types = (spec.metrics ?? []).map(({ type }) => type);
  const failing = /^FailedGet(\w+)Metric$/.exec(reason)?.[1];
  const named = failing !== undefined && Object.hasOwn(groups, failing) ? [failing] : types;
  return new Set((named.length === 0 ? ['Resource'] : named).flatMap((type) => groups[type] ?? []));
}

/** What brings a group of metrics into a cluster, where one product does. */
const products: Readonly<Record<string, string>> = { 'metrics.k8s.io': ': metrics-server is not installed' };

/** `; no APIService serves metrics.k8s.io`, where a metric could not be fetched and all APIServices are known; else nothing. */
export function notServed(
  snapshot: Snapshot<'apiservices.apiregistration.k8s.io'>,
  autoscaler: Autoscaler,
  reason: string,
): string {
  const { items, complete } = snapshot.list('apiservices.apiregistration.k8s.io');
  if (!complete || !reason.startsWith('FailedGet')) return '';
  const group = [...wantedGroups(autoscaler, reason)].find((one) => items.every(({ spec }) => spec.group !== one));
  return group === undefined ? '' : `; no APIService serves ${group}${products[group] ?? ''}`;
}

/**
 * Links to the APIServices that serve the metrics which fail: by the reason of the condition (FailedGetExternalMetric), or all that
 * the autoscaler uses where the reason does not say.
 */
export function metricsLinks(
  snapshot: Snapshot<'apiservices.apiregistration.k8s.io'>,
  autoscaler: Autoscaler,
  reason: string,
): readonly CauseLink[] {
  const services = snapshot.list('apiservices.apiregistration.k8s.io').items;
  return [...wantedGroups(autoscaler, reason)].flatMap((group): CauseLink[] => {
    const via = { field: 'spec.metrics[].type', value: group };
    const known = services.filter(({ spec }) => spec.group === group).map(ref);
    const apiVersion = 'apiregistration.k8s.io/v1';
    const objects = known.length > 0 ? known : [{ apiVersion, kind: 'APIService', name: `v1beta1.${group}` }];
    return objects.map((object) => ({ object, needs: 'measure', via, certainty: 'sure' }));
  });
}
