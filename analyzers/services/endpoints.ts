import {
  type BackendReads,
  backendsOf,
  computed,
  condition,
  controllerManagerLink,
  type Draft,
  field,
  isReady,
  latest,
  podStates,
  ref,
  refText,
  type Service,
  serving,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { backendLinks } from './links.ts';
import { noMatchingPods, noneWanted } from './no-pods.ts';
import { type ReferrerReads, referrersOf } from './referrers.ts';
import { settledServices } from './settled.ts';

type Snap = Snapshot<BackendReads | ReferrerReads | 'services' | 'namespaces' | 'nodes'>;

/** Services that have nobody to send traffic to. One that is partly ready is quiet: its pods' own findings say enough. */
export function* endpoints(
  snapshot: Snap,
  { settle, grace }: { readonly settle: number; readonly grace: number },
): Generator<Draft<Code>> {
  for (const service of settledServices(snapshot, settle)) {
    switch (serving(snapshot, service, grace)) {
      case 'unready':
        yield noReadyEndpoints(snapshot, service);
        break;
      case 'unmatched':
        yield noMatchingPods(snapshot, service);
        break;
      case 'idle':
        yield* noneWanted(snapshot, service);
        break;
      case 'stale':
        yield notUpdated(snapshot, service);
        break;
      case 'empty':
        yield* noEndpoints(snapshot, service);
        break;
      default:
    }
  }
}

function noReadyEndpoints(snapshot: Snap, service: Service): Draft<Code> {
  const backends = backendsOf(snapshot, service);
  const { pods, ended, workloads, endpoints: total } = backends;
  const since = latest(pods.map((pod) => condition(pod, 'Ready')?.lastTransitionTime));
  const shown = pods.slice(0, 3).map((pod) => {
    const ready = condition(pod, 'Ready');
    return field(pod, 'status.conditions[type=Ready].status', ready?.status ?? 'absent');
  });
  const wanting = workloads.find(({ idle }) => idle === undefined);
  return {
    code: 'ServiceNoReadyEndpoints',
    object: ref(service),
    message: message(),
    evidence: [...selectorEvidence(service), ...sliceEvidence(), ...shown],
    causes: backendLinks(backends),
    ...(since === undefined ? {} : { since }),
  };

  function message(): string {
    const state = podStates(pods).replace(/^1 (?:not ready$)?/, '');
    if (pods.length === 1) return `the one pod it selects is not ready${state === '' ? '' : `: ${state}`}`;
    if (pods.length > 1) return `none of the ${pods.length} pods it selects is ready: ${podStates(pods)}`;
    if (ended.length === 1) return 'the one pod it selects has ended, and none took its place';
    if (ended.length > 1) return `the ${ended.length} pods it selects have ended, and none took their place`;
    const podsSeen = snapshot.list('pods', service.metadata.namespace).complete;
    if (wanting !== undefined && podsSeen) return `no pod of ${refText(ref(wanting.object))}, which it selects, exists`;
    if (total === 0) return 'its EndpointSlices hold no endpoint; its pods could not all be seen';
    return total === 1 ? 'its one endpoint is not ready' : `none of its ${total} endpoints is ready`;
  }

  function sliceEvidence() {
    return backends.slicesSeen
      ? [computed(service, `EndpointSlices: ${backends.readyEndpoints} ready of ${total} endpoints`)]
      : [];
  }
}

function notUpdated(snapshot: Snap, service: Service): Draft<Code> {
  const { pods, slices, endpoints: total } = backendsOf(snapshot, service);
  const ready = pods.filter(isReady);
  return {
    code: 'ServiceEndpointsNotUpdated',
    object: ref(service),
    message: `${count(ready.length, 'pod')} it selects ${ready.length === 1 ? 'is' : 'are'} ready, but its EndpointSlices hold no ready endpoint (${slices.length} slices, ${total} endpoints)`,
    evidence: [
      ...selectorEvidence(service),
      ...ready.slice(0, 3).map((pod) => field(pod, 'status.conditions[type=Ready].status', 'True')),
      computed(service, `EndpointSlices: 0 ready of ${total} endpoints`),
    ],
    causes: [controllerManagerLink('spec.selector', 'its controllers write the EndpointSlices')],
  };
}

/** A Service without a selector waits for somebody to write its endpoints: it matters where somebody uses it. */
function* noEndpoints(snapshot: Snap, service: Service): Generator<Draft<Code>> {
  if (service.spec.clusterIP === 'None' || (service.spec.externalIPs ?? []).length > 0) return;
  const referrers = referrersOf(snapshot, service);
  yield {
    code: 'ServiceNoEndpoints',
    object: ref(service),
    ...(referrers.length > 0 ? { severity: 'critical' as const } : {}),
    message: 'it has no selector, and no EndpointSlice gives it endpoints',
    evidence: [
      computed(service, 'spec.selector is empty, and no EndpointSlice has its label kubernetes.io/service-name'),
      ...referrers.slice(0, 3).map(({ object, path }) => field(object, path, service.metadata.name)),
    ],
  };
}

function selectorEvidence(service: Service) {
  return service.spec.selector === undefined ? [] : [field(service, 'spec.selector', service.spec.selector)];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
