import {
  type BackendReads,
  backendsOf,
  controllerOf,
  type Draft,
  field,
  ref,
  type Service,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type ReferrerReads, referrersOf } from './referrers.ts';
import { settledServices } from './settled.ts';

type Snap = Snapshot<BackendReads | ReferrerReads | 'services' | 'namespaces'>;

/**
 * Services whose endpoints somebody writes by hand under other port names: kube-proxy joins ports by name, so none of them is reached.
 * Load balancers, and Services that a program owns, may have endpoints for show alone.
 */
export function* endpointPorts(snapshot: Snap, settle: number): Generator<Draft<Code>> {
  for (const service of settledServices(snapshot, settle)) {
    if (!isByHand(service)) continue;
    const { slices, slicesSeen, readyEndpoints } = backendsOf(snapshot, service);
    const ports = service.spec.ports ?? [];
    const [slice] = slices;
    if (!slicesSeen || readyEndpoints === 0 || slice === undefined || ports.length === 0) continue;
    const given = slices.flatMap((one) => one.ports ?? []).map(({ name = '' }) => name);
    if (given.length === 0 || ports.some(({ name = '' }) => given.includes(name))) continue;
    const wanted = nameText(ports.map(({ name = '' }) => name));
    yield {
      code: 'ServiceEndpointPortUnknown',
      object: ref(service),
      ...(referrersOf(snapshot, service).length > 0 ? { severity: 'critical' as const } : {}),
      message: `its endpoints are not reached: its ports are named ${wanted}, and its EndpointSlices name theirs ${nameText(given)}`,
      evidence: [field(service, 'spec.ports[*].name', wanted), field(slice, 'ports[*].name', nameText(given))],
      values: { wanted },
    };
  }
}

function isByHand(service: Service): boolean {
  const { selector = {}, type = 'ClusterIP', clusterIP } = service.spec;
  return (
    Object.keys(selector).length === 0 &&
    type === 'ClusterIP' &&
    clusterIP !== 'None' &&
    controllerOf(service) === undefined
  );
}

function nameText(names: readonly string[]): string {
  return [...new Set(names)].map((name) => (name === '' ? '(no name)' : name)).join(', ');
}
